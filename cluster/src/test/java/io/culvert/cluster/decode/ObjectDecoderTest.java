// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Node;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Pod;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.SessionAffinity;
import io.culvert.cluster.SocketLb;
import io.culvert.cluster.SourceRanges;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows of services.md about Services, Nodes and Pods that are decided where an object is read, as an API server's
/// objects are: leniently.
class ObjectDecoderTest {

    private final Decoding decoding = new Decoding();

    @Test
    void A2_01_everyPortIsRead() {
        Service service = service("""
                clusterIP: 10.96.0.10
                ports:
                - {name: dns, port: 53, protocol: UDP}
                - {name: dns-tcp, port: 53}
                - {name: sctp, port: 54, protocol: SCTP, nodePort: 30000}
                """);

        assertThat(service.proxied()).isTrue();
        assertThat(service.ports())
                .containsExactly(
                        new ServicePort("dns", Protocol.UDP, 53, 0),
                        new ServicePort("dns-tcp", Protocol.TCP, 53, 0),
                        new ServicePort("sctp", Protocol.SCTP, 54, 30000));
    }

    @Test
    void A2_03_A2_04_A2_05_ingressAddressesAreReadWithTheirMode() {
        Service service = decoding.wanted(DocumentKind.SERVICE, """
                metadata: {name: web}
                spec: {type: LoadBalancer, clusterIP: 10.96.0.10}
                status:
                  loadBalancer:
                    ingress:
                    - {ip: 192.0.2.1}
                    - {ip: 192.0.2.2, ipMode: Proxy}
                    - {ip: "2001:db8::1", ipMode: VIP, ports: [{port: 80, error: Full}]}
                    - {hostname: lb.example.com}
                """);

        assertThat(service.ingress())
                .containsExactly(
                        new LoadBalancerIngress(IpAddress.of("192.0.2.1"), true),
                        new LoadBalancerIngress(IpAddress.of("192.0.2.2"), false),
                        new LoadBalancerIngress(IpAddress.of("2001:db8::1"), true));
    }

    @Test
    void A2_07_aServiceWithoutClusterIpIsNotProxied() {
        assertThat(service("clusterIP: None").proxied()).isFalse();
        assertThat(service("clusterIP: ''").proxied()).isFalse();
        assertThat(service("clusterIPs: [None]").proxied()).isFalse();
        assertThat(service("ports: []").proxied()).isFalse();
    }

    @Test
    void A2_08_anExternalNameIsNotProxiedEvenWithAStaleAddress() {
        Service service = service("{type: ExternalName, externalName: example.com, clusterIP: 10.96.0.10}");

        assertThat(service.type()).isEqualTo(ServiceType.EXTERNAL_NAME);
        assertThat(service.proxied()).isFalse();
    }

    @Test
    void A2_13_leadingZerosAreDecimal() {
        assertThat(service("clusterIP: '010.096.000.010'").clusterIps()).containsExactly(IpAddress.of("10.96.0.10"));
    }

    @Test
    void A2_14_aBadAddressAmongGoodOnesIsLeftOut() {
        Service service = service("{clusterIP: 10.96.0.10, externalIPs: [192.0.2.1, nowhere, '2001:db8::1']}");

        assertThat(service.externalIps()).containsExactly(IpAddress.of("192.0.2.1"), IpAddress.of("2001:db8::1"));
        assertThat(decoding.badEntries)
                .singleElement()
                .extracting(InvalidObjectException::reason)
                .isEqualTo("spec.externalIPs[1]: \"nowhere\" is not an IP address");
    }

    @Test
    void A2_16_fieldsThatProxiesIgnoreAreIgnored() {
        Service service = service("""
                clusterIP: 10.96.0.10
                loadBalancerIP: nowhere
                loadBalancerClass: 7
                selector: {app: web}
                trafficDistribution: PreferClose
                ports: [{port: 80, targetPort: http, appProtocol: kubernetes.io/h2c}]
                """);

        assertThat(service.ports()).containsExactly(new ServicePort("", Protocol.TCP, 80, 0));
        assertThat(decoding.badEntries).isEmpty();
    }

    @Test
    void A9_13_A9_14_sourceRangesAreTrimmedAndBadOnesCounted() {
        Service service = service("""
                clusterIP: 10.96.0.10
                loadBalancerSourceRanges: [" 192.0.2.0/24", nowhere, "2001:db8::/32 ", 10.0.0.1]
                """);

        assertThat(service.sourceRanges().prefixes())
                .extracting(IpPrefix::toString)
                .containsExactly("192.0.2.0/24", "2001:db8::/32");
        assertThat(service.sourceRanges().invalid()).isEqualTo(2);
        assertThat(decoding.badEntries)
                .extracting(InvalidObjectException::reason)
                .contains("spec.loadBalancerSourceRanges[1]: \"nowhere\" is not a CIDR");
    }

    @Test
    void A9_20_theAnnotationThatHadSourceRangesIsNotRead() {
        Service service = decoding.wanted(DocumentKind.SERVICE, """
                kind: Service
                metadata:
                  name: web
                  annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: 192.0.2.0/24}
                spec: {clusterIP: 10.96.0.10}
                """);

        assertThat(service.sourceRanges()).isEqualTo(SourceRanges.NONE);
        assertThat(service.annotations()).isEmpty();
    }

    @Test
    void policiesAndAffinityAreRead() {
        Service plain = service("clusterIP: 10.96.0.10");
        Service set = service("""
                clusterIP: 10.96.0.10
                internalTrafficPolicy: Local
                externalTrafficPolicy: Local
                healthCheckNodePort: 32000
                sessionAffinity: ClientIP
                sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
                """);

        assertThat(plain.internalTrafficPolicy()).isEqualTo(TrafficPolicy.CLUSTER);
        assertThat(plain.sessionAffinity()).isEqualTo(SessionAffinity.NONE);
        assertThat(set.internalTrafficPolicy()).isEqualTo(TrafficPolicy.LOCAL);
        assertThat(set.externalTrafficPolicy()).isEqualTo(TrafficPolicy.LOCAL);
        assertThat(set.healthCheckNodePort()).isEqualTo(32_000);
        assertThat(set.sessionAffinity()).isEqualTo(new SessionAffinity.ClientIp(Duration.ofMinutes(1)));
        assertThat(service("sessionAffinity: ClientIP").sessionAffinity())
                .isEqualTo(new SessionAffinity.ClientIp(Duration.ofHours(3)));
    }

    @Test
    void onlyAnnotationsForUsAreKept() {
        Service service = decoding.wanted(DocumentKind.SERVICE, """
                metadata:
                  name: web
                  creationTimestamp: "2026-01-02T03:04:05Z"
                  annotations:
                    kubectl.kubernetes.io/last-applied-configuration: "{}"
                    culvert.io/algorithm: maglev
                    service.cilium.io/forwarding-mode: dsr
                """);

        assertThat(service.annotations())
                .isEqualTo(Map.of("culvert.io/algorithm", "maglev", "service.cilium.io/forwarding-mode", "dsr"));
        assertThat(service.created()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
    }

    @Test
    void A18_01_A18_03_bothClusterIpsAreReadAndOldObjectsHaveOne() {
        Service dual =
                service("{clusterIP: 'fd00::10', clusterIPs: ['fd00::10', 10.96.0.10], ipFamilies: [IPv6, IPv4]}");
        Service old = service("clusterIP: 'fd00::10'");

        assertThat(dual.clusterIps()).containsExactly(IpAddress.of("fd00::10"), IpAddress.of("10.96.0.10"));
        assertThat(old.clusterIps()).extracting(IpAddress::family).containsExactly(IpFamily.IPV6);
    }

    @Test
    void A1_02_aServiceOfAnotherProxyIsNotWanted() {
        Decoded decoded = decoding.decode(
                DocumentKind.SERVICE,
                "metadata: {name: web, labels: {service.kubernetes.io/service-proxy-name: ''}}\nspec: {clusterIP: 10.96.0.10}");

        assertThat(decoded).isInstanceOf(Decoded.Unwanted.class);
    }

    @Test
    void A11_22_aNodeShowsItsTaintsAndThatItIsBeingDeleted() {
        Node going = decoding.wanted(DocumentKind.NODE, """
                kind: Node
                metadata: {name: n1, deletionTimestamp: "2026-01-01T00:00:00Z"}
                spec: {taints: [{key: ToBeDeletedByClusterAutoscaler, value: "1", effect: NoSchedule}]}
                """);
        Node staying = decoding.wanted(DocumentKind.NODE, "{kind: Node, metadata: {name: n1}}");

        assertThat(going.deleting()).isTrue();
        assertThat(going.taints()).containsExactly("ToBeDeletedByClusterAutoscaler");
        assertThat(staying.deleting()).isFalse();
        assertThat(staying.taints()).isEmpty();
    }

    @Test
    void aNodeHasItsInternalAddressesZoneAndPodRanges() {
        Node node = decoding.wanted(DocumentKind.NODE, """
                metadata: {name: n1, labels: {topology.kubernetes.io/zone: a}}
                spec: {podCIDRs: [10.1.0.0/24, 'fd00:1::/64']}
                status:
                  addresses:
                  - {type: Hostname, address: n1}
                  - {type: ExternalIP, address: 203.0.113.1}
                  - {type: InternalIP, address: 192.0.2.1}
                  - {type: InternalIP, address: '2001:db8::1'}
                """);

        assertThat(node.name()).isEqualTo(new ObjectName("", "n1"));
        assertThat(node.zone()).isEqualTo("a");
        assertThat(node.internalIps()).containsExactly(IpAddress.of("192.0.2.1"), IpAddress.of("2001:db8::1"));
        assertThat(node.podCidrs()).hasToString("[10.1.0.0/24, fd00:1::/64]");
        assertThat(decoding.<Node>wanted(
                                DocumentKind.NODE, "metadata: {name: n, labels: {topology.kubernetes.io/zone: ''}}")
                        .zone())
                .isNull();
    }

    @Test
    void aPodHasItsAddressesUntilItEnds() {
        String pod = """
                metadata: {name: p, uid: u1, annotations: {culvert.io/socket-lb: "off"}}
                spec: {nodeName: n1, hostNetwork: true}
                status: {phase: Running, podIP: 10.1.0.1, podIPs: [{ip: 10.1.0.1}, {ip: 'fd00::1'}]}
                """;

        assertThat(decoding.<Pod>wanted(DocumentKind.POD, pod))
                .isEqualTo(new Pod(
                        new ObjectName("default", "p"),
                        "u1",
                        List.of(IpAddress.of("10.1.0.1"), IpAddress.of("fd00::1")),
                        "n1",
                        true,
                        SocketLb.OFF));
        assertThat(decoding.<Pod>wanted(DocumentKind.POD, pod.replace("Running", "Failed"))
                        .ips())
                .isEmpty();
        assertThat(socketLb("metadata: {name: p}")).isEqualTo(SocketLb.ON);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata: {name: p, annotations: {sidecar.istio.io/status: '{}'}}",
                "metadata: {name: p, annotations: {linkerd.io/proxy-version: stable-2.14}}",
                "metadata: {name: p, labels: {linkerd.io/proxy-version: stable-2.14}}",
                "metadata: {name: p, labels: {linkerd.io/control-plane-ns: linkerd}}",
                "metadata: {name: p}\nspec: {containers: [{name: main}, {name: istio-proxy}]}",
                "metadata: {name: p}\nspec: {containers: [{name: main}, {name: linkerd-proxy}]}",
                "metadata: {name: p}\nspec: {initContainers: [{name: istio-proxy}], containers: [{name: main}]}",
                "metadata: {name: p, annotations: {culvert.io/socket-lb: perhaps, sidecar.istio.io/status: '{}'}}",
            })
    void A21_01_aPodWithASidecarOptsOutUnlessItSaysOtherwise(String pod) {
        assertThat(socketLb(pod)).isEqualTo(SocketLb.OFF_FOR_SIDECAR);
        String said = pod.replace("culvert.io/socket-lb: perhaps, ", "");
        String annotations = said.contains("annotations: {")
                ? said.replace("annotations: {", "annotations: {culvert.io/socket-lb: 'SAID', ")
                : said.replace("name: p", "name: p, annotations: {culvert.io/socket-lb: 'SAID'}");
        assertThat(socketLb(annotations.replace("SAID", "on"))).isEqualTo(SocketLb.ON);
        assertThat(socketLb(annotations.replace("SAID", "off"))).isEqualTo(SocketLb.OFF);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata: {name: p, annotations: {sidecar.istio.io/inject: 'false', linkerd.io/inject: disabled}}",
                "metadata: {name: p}\nspec: {containers: [{name: istio-proxy-test}, {image: istio-proxy}]}",
            })
    void A21_01_aPodThatOnlySoundsLikeOneKeepsItsSocketTranslation(String pod) {
        assertThat(socketLb(pod)).isEqualTo(SocketLb.ON);
    }

    private SocketLb socketLb(String pod) {
        return decoding.<Pod>wanted(DocumentKind.POD, pod).socketLb();
    }

    private Service service(String spec) {
        return decoding.wanted(DocumentKind.SERVICE, "metadata: {name: web}\nspec:\n" + spec.indent(2));
    }
}
