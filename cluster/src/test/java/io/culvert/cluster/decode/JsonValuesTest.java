// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.culvert.cluster.Node;
import io.culvert.cluster.Pod;
import io.culvert.cluster.SocketLb;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is skipped unread is not missed.
class JsonValuesTest {

    @Test
    void aPodIsTheSameWithoutWhatNobodyAsksFor() throws IOException {
        String text = """
                {"metadata": {"name": "p", "labels": {"env": "prod", "volumes": "many"}, "managedFields": [{"a": 1}],
                   "annotations": {"resources": "x", "culvert.io/socket-lb": "off"}},
                 "spec": {"nodeName": "n1", "volumes": [{"name": "v"}], "nodeSelector": {"hostNetwork": "no"},
                   "containers": [{"name": "a", "env": [{"name": "ports"}], "ports": [{"name": "web", "containerPort": 80}]}],
                   "initContainers": [{"name": "b", "restartPolicy": "Always", "resources": {},
                     "ports": [{"name": "dns", "containerPort": 53, "protocol": "UDP"}]}]},
                 "status": {"phase": "Running", "conditions": [{"type": "Ready"}], "podIPs": [{"ip": "10.0.0.1"}],
                   "containerStatuses": [{"name": "a"}]}}
                """;

        assertThat(read(DocumentKind.POD, text).toString()).doesNotContain("Ready", "v\"", "managed");
        List<?> objects = decoded(DocumentKind.POD, text);
        assertThat(objects).isEqualTo(decoded(DocumentKind.POD, text, DocumentKind.SERVICE));
        assertThat(((Pod) objects.getFirst()).socketLb()).isEqualTo(SocketLb.OFF);
        PolicyPod pod = (PolicyPod) objects.getLast();
        assertThat(pod.labels()).isEqualTo(Map.of("env", "prod", "volumes", "many"));
        assertThat(pod.ports()).hasSize(2);
    }

    @Test
    void aNodeIsTheSameWithoutWhatNobodyAsksFor() throws IOException {
        String text = """
                {"metadata": {"name": "n1", "labels": {"images": "some", "topology.kubernetes.io/zone": "a"}},
                 "spec": {"podCIDRs": ["10.1.0.0/24"], "taints": [{"key": "t"}]},
                 "status": {"images": [{"names": ["x"]}], "addresses": [{"type": "InternalIP", "address": "192.0.2.1"}]}}
                """;

        List<?> objects = decoded(DocumentKind.NODE, text);

        assertThat(objects).isEqualTo(decoded(DocumentKind.NODE, text, DocumentKind.SERVICE));
        assertThat(((Node) objects.getFirst()).podCidrs()).hasSize(1);
        assertThat(((PolicyNode) objects.getLast()).labels()).containsEntry("images", "some");
    }

    @Test
    void ofAnotherNodeOnlyWhatPoliciesNeedIsRead() throws IOException {
        String text = "{\"metadata\": {\"name\": \"p\", \"uid\": \"u\"}, \"spec\": {\"nodeName\": \"n2\"}}";
        Value.Mapping document = (Value.Mapping) read(DocumentKind.POD, text);

        ObjectDecoder both = new ObjectDecoder(BadEntries.REFUSE, new Scope("n1", true));
        assertThat(((Decoded.Wanted) both.decode(DocumentKind.POD, document)).objects())
                .singleElement()
                .isInstanceOfSatisfying(
                        PolicyPod.class, pod -> assertThat(pod.uid()).isEmpty());
        ObjectDecoder services = new ObjectDecoder(BadEntries.REFUSE, new Scope("n2", false));
        assertThat(((Decoded.Wanted) services.decode(DocumentKind.POD, document)).objects())
                .singleElement()
                .isInstanceOfSatisfying(Pod.class, pod -> assertThat(pod.uid()).isEqualTo("u"));
    }

    private static List<?> decoded(DocumentKind kind, String text) throws IOException {
        return decoded(kind, text, kind);
    }

    /// @param readAs a kind that decides what is skipped
    private static List<?> decoded(DocumentKind kind, String text, DocumentKind readAs) throws IOException {
        Decoded decoded = new ObjectDecoder(BadEntries.REFUSE).decode(kind, (Value.Mapping) read(readAs, text));
        return ((Decoded.Wanted) decoded).objects();
    }

    private static Value read(DocumentKind kind, String text) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            parser.nextToken();
            return requireNonNull(JsonValues.of(kind, parser).read());
        }
    }
}
