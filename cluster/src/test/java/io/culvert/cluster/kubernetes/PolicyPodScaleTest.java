// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.JsonValues;
import io.culvert.cluster.decode.Scope;
import io.culvert.cluster.decode.Value;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// 150,000 pods of a cluster, as an API server lists them. Memory is a promise; time depends on the machine.
class PolicyPodScaleTest {

    private static final int PODS = 150_000;
    private static final int MEBIBYTE = 1 << 20;

    @Test
    void thePodsOfALargeClusterAreKeptInSixtyMebibytes() throws IOException {
        try (ClusterStore store = new ClusterStore(Set.of(KubernetesSource.NAME))) {
            KnownObjects known = new KnownObjects(DocumentKind.POD, new Scope("node-1", true), (_, _, _) -> {});
            long before = usedMemory();
            long begin = System.nanoTime();
            list(known, store);
            long millis = (System.nanoTime() - begin) / 1_000_000;
            long retained = usedMemory() - before;
            System.out.printf(
                    "%d pods of 500 nodes read in %d ms, %.1f MiB retained%n",
                    PODS, millis, retained / (double) MEBIBYTE);
            assertThat(store.state().policies().pods()).hasSize(PODS);
            assertThat(store.state().pods()).hasSize(PODS / 500);
            assertThat(known.problems()).isEmpty();
            assertThat(retained).isLessThan(60 * MEBIBYTE);
        }
    }

    private static void list(KnownObjects known, ClusterStore store) throws IOException {
        KnownObjects.Relist relist = known.relist();
        for (int i = 0; i < PODS; i++) {
            try (JsonParser parser = new JsonFactory().createParser(pod(i))) {
                parser.nextToken();
                relist.item((Value.Mapping) java.util.Objects.requireNonNull(
                        JsonValues.of(DocumentKind.POD, parser).read()));
            }
        }
        store.apply(relist.finish());
    }

    /// As a deployment of ten replicas makes them, with what a server adds.
    private static String pod(int i) {
        int deployment = i / 10;
        return """
                {"metadata": {"name": "deployment-%1$d-7c5ddbdf54-%2$05x", "namespace": "namespace-%3$d",
                  "uid": "0b5f1f60-6a5d-4c3c-9f3a-%2$012x", "resourceVersion": "%2$d",
                  "creationTimestamp": "2026-01-%4$02dT12:%5$02d:00Z",
                  "labels": {"app": "app-%1$d", "pod-template-hash": "7c5ddbdf54", "team": "team-%3$d"},
                  "annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}},
                 "spec": {"nodeName": "node-%6$d", "tolerations": [{"operator": "Exists"}],
                  "containers": [{"name": "main", "image": "main:1", "env": [{"name": "A", "value": "b"}],
                    "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]}]},
                 "status": {"phase": "Running", "podIPs": [{"ip": "10.%7$d.%8$d.%9$d"}]}}
                """.formatted(
                        deployment,
                        i,
                        deployment % 500,
                        1 + deployment % 28,
                        deployment % 60,
                        i % 500,
                        i >> 16,
                        i >> 8 & 255,
                        i & 255);
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
