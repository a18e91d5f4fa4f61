// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.Problem;
import io.culvert.cluster.Service;
import io.culvert.cluster.decode.Decoded;
import io.culvert.cluster.manifest.ParsedFile.Located;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bad input, each with the one line that a user sees.
class ManifestParserTest {

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              type: ClusterIP
              clusterIP: 10.96.0.10
              ports:
              - name: http
                port: 80
                protocol: TCP
            """;

    private static final String SLICE = """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: web-1
              labels: {kubernetes.io/service-name: web}
            addressType: IPv4
            ports:
            - {name: http, port: 8080}
            endpoints:
            - addresses: ["10.1.0.3"]
              conditions: {ready: true}
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "port: 80 | port: 70000 | 10:11: Service default/web: spec.ports[0].port: 70000 is not a port (1 to 65535)",
                "port: 80 | port: 0 | 10:11: Service default/web: spec.ports[0].port: 0 is not a port (1 to 65535)",
                "port: 80 | port: \"80\" | 10:11: Service default/web: spec.ports[0].port: must be a whole number, not the string \"80\"; remove the quotes",
                "port: 80 | port: 8.5 | 10:11: Service default/web: spec.ports[0].port: 8.5 is not a port (1 to 65535)",
                "port: 80 | prot: 80 | 9:5: Service default/web: spec.ports[0].port: is missing",
                "protocol: TCP | protocol: ICMP | 11:15: Service default/web: spec.ports[0].protocol: \"ICMP\" is not a protocol; use TCP, UDP or SCTP",
                "10.96.0.10 | 10.96.0.300 | 7:14: Service default/web: spec.clusterIP: \"10.96.0.300\" is not an IP address",
                "type: ClusterIP | type: Cluster | 6:9: Service default/web: spec.type: \"Cluster\" is not a Service type; use ClusterIP, NodePort, LoadBalancer or ExternalName",
                "type: ClusterIP | internalTrafficPolicy: Near | 6:26: Service default/web: spec.internalTrafficPolicy: \"Near\" is not a traffic policy; use Cluster or Local",
                "type: ClusterIP | externalIPs: 192.0.2.1 | 6:16: Service default/web: spec.externalIPs: must be a list, not the string \"192.0.2.1\"",
                "type: ClusterIP | sessionAffinity: Cookie | 6:20: Service default/web: spec.sessionAffinity: \"Cookie\" is not a session affinity; use None or ClientIP",
                "type: ClusterIP | type: ClusterIP\\n  type: NodePort | 7:3: the field type is there twice; remove one",
                "name: web | name: Web_1 | 4:9: metadata.name: \"Web_1\" is not an object name; use a-z, 0-9, - and .",
                "name: web | name: 7 | 4:9: metadata.name: must be a string, not the number 7; put it in quotes",
                "name: web | label: web | 4:3: metadata.name: is missing",
                "kind: Service | kind: Deployment | 2:7: kind: \"Deployment\" is not a kind that Culvert reads; use Node, Namespace, Pod, Service, EndpointSlice, ServiceCIDR, NetworkPolicy, ClusterNetworkPolicy, List",
                "kind: Service | size: 4 | 1:1: kind: is missing",
                "apiVersion: v1 | apiVersion: v2 | 1:13: apiVersion: \"v2\" is not of kind Service; use v1",
                "ports: | ports: & | 8:11: while scanning an anchor, unexpected character found \\n(10); correct the syntax",
                "type: ClusterIP | <<: {type: ClusterIP} | 6:3: a merge key (<<) is not understood; write the fields out",
            })
    void aServiceThatIsWrongIsReportedInOneLine(String from, String to, String line) {
        ParsedFile file = ManifestParser.parse("web.yaml", SERVICE.replace(from, to.replace("\\n", "\n")));

        assertThat(lines(file)).containsExactly("web.yaml:" + line);
        assertThat(file.objects()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.1.0.3 | 10.1.0 | 10:15: EndpointSlice default/web-1: endpoints[0].addresses[0]: \"10.1.0\" is not an IP address",
                "10.1.0.3 | fd00::3 | 10:15: EndpointSlice default/web-1: endpoints[0].addresses[0]: fd00::3 is not of type IPv4",
                "ready: true | ready: sure | 11:23: EndpointSlice default/web-1: endpoints[0].conditions.ready: must be true or false, not the string \"sure\"",
                "port: 8080 | port: 65536 | 8:22: EndpointSlice default/web-1: ports[0].port: 65536 is not a port (0 to 65535)",
                "addressType: IPv4 | addressType: v4 | 6:14: EndpointSlice default/web-1: addressType: \"v4\" is not an address type; use IPv4, IPv6 or FQDN",
                "addressType: IPv4 | size: 1 | 1:1: EndpointSlice default/web-1: addressType: is missing",
            })
    void anEndpointSliceThatIsWrongIsReportedInOneLine(String from, String to, String line) {
        ParsedFile file = ManifestParser.parse("web.yaml", SLICE.replace(from, to));

        assertThat(lines(file)).containsExactly("web.yaml:" + line);
        assertThat(file.objects()).isEmpty();
    }

    @Test
    void A3_03_anEndpointWithoutAddressesIsLeftOutWithAWarning() {
        ParsedFile file =
                ManifestParser.parse("web.yaml", SLICE + "- addresses: []\n- {}\n- addresses: [\"10.1.0.4\"]\n");

        assertThat(lines(file))
                .containsExactly(
                        "web.yaml:12:14: EndpointSlice default/web-1: endpoints[1].addresses: is empty, and is left out;"
                                + " correct it",
                        "web.yaml:13:3: EndpointSlice default/web-1: endpoints[2].addresses: is empty, and is left out;"
                                + " correct it");
        assertThat(file.problems()).allMatch(problem -> problem.severity() == Problem.Severity.WARNING);
        assertThat(file.faulty()).isFalse();
        assertThat(only(file, EndpointSlice.class).endpoints())
                .extracting(Endpoint::address)
                .containsExactly(IpAddress.of("10.1.0.3"), IpAddress.of("10.1.0.4"));
    }

    @Test
    void A2_14_badAddressesThatNoClusterIpIsAreLeftOutWithAWarning() {
        ParsedFile file = ManifestParser.parse("web.yaml", SERVICE + """
                  externalIPs: [192.0.2.1, here]
                  loadBalancerSourceRanges: [10.0.0.0/8, 10.0.0.0/40, " 192.0.2.0/24"]
                status:
                  loadBalancer:
                    ingress: [{ip: 192.0.2.300}, {ip: 192.0.2.9}, {hostname: example.com}]
                """);

        assertThat(lines(file))
                .containsExactlyInAnyOrder(
                        "web.yaml:12:28: Service default/web: spec.externalIPs[1]: \"here\" is not an IP address, and is"
                                + " left out; correct it",
                        "web.yaml:13:42: Service default/web: spec.loadBalancerSourceRanges[1]: \"10.0.0.0/40\" is not a"
                                + " CIDR, and is left out; correct it",
                        "web.yaml:16:20: Service default/web: status.loadBalancer.ingress[0].ip: \"192.0.2.300\" is not an"
                                + " IP address, and is left out; correct it");
        Service service = only(file, Service.class);
        assertThat(service.externalIps()).containsExactly(IpAddress.of("192.0.2.1"));
        assertThat(service.ingress())
                .extracting(LoadBalancerIngress::address)
                .containsExactly(IpAddress.of("192.0.2.9"));
        assertThat(service.clusterIps()).containsExactly(IpAddress.of("10.96.0.10"));
    }

    @Test
    void A2_13_leadingZerosAreDecimalInEveryAddress() {
        ParsedFile file = ManifestParser.parse(
                "web.yaml",
                SERVICE.replace("10.96.0.10", "010.096.000.010") + "  externalIPs: [192.000.002.001]\n---\n"
                        + SLICE.replace("10.1.0.3", "010.001.000.003"));

        assertThat(file.problems()).isEmpty();
        assertThat(only(file, Service.class).clusterIps()).hasToString("[10.96.0.10]");
        assertThat(only(file, Service.class).externalIps()).hasToString("[192.0.2.1]");
        assertThat(only(file, EndpointSlice.class).endpoints().getFirst().address())
                .hasToString("10.1.0.3");
    }

    @Test
    void A1_14_aSliceWithoutServiceIsLeftOutWithAWarning() {
        ParsedFile file = ManifestParser.parse("web.yaml", SLICE.replace("kubernetes.io/service-name", "app"));

        assertThat(lines(file))
                .containsExactly("web.yaml:5:11: EndpointSlice default/web-1: metadata.labels: have no"
                        + " kubernetes.io/service-name, and is left out; correct it");
        assertThat(file.objects().values()).extracting(Located::decoded).allMatch(Decoded.Unwanted.class::isInstance);
    }

    @Test
    void aSyntaxErrorSpoilsOneDocumentOnly() {
        ParsedFile file = ManifestParser.parse("web.yaml", SERVICE + "---\nkind: [\n---\n" + SLICE);

        assertThat(lines(file))
                .containsExactly(
                        "web.yaml:14:1: while parsing a flow node, expected the node content, but found '<stream end>'; correct the syntax");
        assertThat(file.objects()).hasSize(2);
        assertThat(file.nameless()).isTrue();
    }

    @Test
    void jsonIsReadAsWell() {
        ParsedFile good = ManifestParser.parse(
                "n.json", "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\"}}");
        ParsedFile bad = ManifestParser.parse("n.json", "{\"apiVersion\":\"v1\",\n\"kind\":}");

        assertThat(good.objects()).hasSize(1);
        assertThat(lines(bad))
                .singleElement()
                .asString()
                .startsWith("n.json:2:")
                .doesNotContain("\n");
    }

    @Test
    void aListIsOneDocument() {
        String list = """
                apiVersion: v1
                kind: List
                items:
                - apiVersion: v1
                  kind: Node
                  metadata: {name: n1}
                - apiVersion: v1
                  kind: Pod
                  metadata: {name: p}
                  status: {podIPs: [{ip: nowhere}]}
                """;

        ParsedFile broken = ManifestParser.parse("l.yaml", list);
        ParsedFile good = ManifestParser.parse("l.yaml", list.replace("nowhere", "10.1.0.3"));

        assertThat(lines(broken))
                .containsExactly("l.yaml:10:26: Pod default/p: status.podIPs[0].ip: \"nowhere\" is not an IP address");
        assertThat(broken.objects()).isEmpty();
        assertThat(broken.broken()).hasSize(2);
        assertThat(good.problems()).isEmpty();
        assertThat(good.objects()).hasSize(2);
    }

    @Test
    void theSameObjectTwiceInAFileCountsOnce() {
        ParsedFile file = ManifestParser.parse("web.yaml", SERVICE + "---\n" + SERVICE);

        assertThat(lines(file))
                .containsExactly("web.yaml:13:1: Service default/web: is already at web.yaml:1:1; remove one");
        assertThat(file.objects()).hasSize(1);
    }

    @Test
    void emptyDocumentsAndCommentsAreNothing() {
        ParsedFile file =
                ManifestParser.parse("web.yaml", "# a comment\n---\n---\n" + SERVICE + "---\n# the end\n---\n");

        assertThat(file.problems()).isEmpty();
        assertThat(file.objects()).hasSize(1);
    }

    @Test
    void anchorsAreUnderstoodAndUnknownOnesReported() {
        ParsedFile good = ManifestParser.parse("n.yaml", """
                apiVersion: v1
                kind: Node
                metadata: {name: &name n1, uid: *name}
                """);
        ParsedFile bad = ManifestParser.parse("n.yaml", "apiVersion: v1\nkind: *node\n");

        assertThat(good.problems()).isEmpty();
        assertThat(lines(bad)).containsExactly("n.yaml:2:7: found undefined alias node; correct the syntax");
    }

    @Test
    void policiesAndNamespacesAreRead() {
        ParsedFile file = ManifestParser.parse("p.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: deny}
                spec: {podSelector: {}}
                ---
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: deny}
                spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: deny}
                """);

        assertThat(file.problems()).isEmpty();
        assertThat(file.objects().values())
                .extracting(located -> ((Decoded.Wanted) located.decoded())
                        .objects()
                        .getFirst()
                        .kind())
                .containsExactly(ObjectKind.NETWORK_POLICY, ObjectKind.CLUSTER_NETWORK_POLICY, ObjectKind.NAMESPACE);
    }

    /// Whatever is in a file, there is an answer, and every problem is one line.
    @Test
    void damagedTextNeverThrows() {
        long seed = System.nanoTime();
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        String text = SERVICE + "---\n" + SLICE;
        for (int round = 0; round < 2_000; round++) {
            StringBuilder damaged = new StringBuilder(text);
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                int at = random.nextInt(damaged.length());
                switch (random.nextInt(3)) {
                    case 0 -> damaged.setCharAt(at, (char) random.nextInt(0x20, 0x180));
                    case 1 -> damaged.deleteCharAt(at);
                    default -> damaged.insert(at, "\n\t -:{}[]&*!|>'\"%@`#\0".charAt(random.nextInt(21)));
                }
            }
            String name = random.nextBoolean() ? "f.yaml" : "f.json";
            ParsedFile file = ManifestParser.parse(name, damaged.toString());
            assertThat(lines(file))
                    .as("seed %d round %d", seed, round)
                    .allSatisfy(line -> assertThat(line).doesNotContain("\n").startsWith(name));
        }
    }

    private static <T> T only(ParsedFile file, Class<T> type) {
        List<T> found = file.objects().values().stream()
                .map(located -> located.decoded() instanceof Decoded.Wanted wanted
                        ? wanted.objects().getFirst()
                        : "")
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static List<String> lines(ParsedFile file) {
        return file.problems().stream().map(Problem::toString).toList();
    }
}
