// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Node;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Pod;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.SessionAffinity;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Rows of services.md that are decided where an object is read, as an API server's objects are: leniently.
class ObjectDecoderTest {

    private final List<InvalidObjectException> badEntries = new ArrayList<>();
    private final ObjectDecoder decoder = new ObjectDecoder(badEntries::add);

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
        Service service = wanted(DocumentKind.SERVICE, """
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
        assertThat(badEntries)
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
        assertThat(badEntries).isEmpty();
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
        Service service = wanted(DocumentKind.SERVICE, """
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
        Decoded decoded = decode(
                DocumentKind.SERVICE,
                "metadata: {name: web, labels: {service.kubernetes.io/service-proxy-name: ''}}\nspec: {clusterIP: 10.96.0.10}");

        assertThat(decoded).isInstanceOf(Decoded.Unwanted.class);
    }

    @Test
    void A1_05_aHeadlessSliceIsNotWanted() {
        assertThat(slice("service.kubernetes.io/headless: '', kubernetes.io/service-name: web", "addressType: IPv4"))
                .isInstanceOf(Decoded.Unwanted.class);
    }

    @Test
    void A1_14_aSliceWithoutServiceIsNotWanted() {
        assertThat(slice("app: web", "addressType: IPv4")).isInstanceOf(Decoded.Unwanted.class);
    }

    @Test
    void A3_01_familiesAreReadAndNamesIgnored() {
        assertThat(endpoints("addressType: IPv6\nendpoints: [{addresses: ['fd00::1']}]")
                        .family())
                .isEqualTo(IpFamily.IPV6);
        assertThat(slice(
                        "kubernetes.io/service-name: web",
                        "addressType: FQDN\nendpoints: [{addresses: [example.com]}]"))
                .isInstanceOf(Decoded.Unwanted.class);
    }

    @Test
    void A3_02_A3_03_theFirstAddressCountsAndNoneIsLeftOut() {
        EndpointSlice slice =
                endpoints("addressType: IPv4\nendpoints: [{addresses: [10.1.0.1, 10.1.0.2]}, {addresses: []}, {}]");

        assertThat(slice.endpoints()).extracting(Endpoint::address).containsExactly(IpAddress.of("10.1.0.1"));
        assertThat(badEntries).hasSize(2);
    }

    @Test
    void A3_07_A3_08_portsWithoutNameOrNumberAreLeftOut() {
        EndpointSlice slice = endpoints(
                "addressType: IPv4\nports: [{port: 80}, {name: a}, {name: b, port: 0}, {name: '', port: 81}, {name: c, port: null}]");

        assertThat(slice.ports()).containsExactly(new EndpointPort("", Protocol.TCP, 81));
    }

    @Test
    void A3_09_A3_10_unsetConditionsAreReadyServingAndNotTerminating() {
        EndpointSlice slice = endpoints("""
                addressType: IPv4
                endpoints:
                - addresses: [10.1.0.1]
                - addresses: [10.1.0.2]
                  conditions: {ready: null, serving: null, terminating: null}
                - addresses: [10.1.0.3]
                  conditions: {ready: false, serving: true, terminating: true}
                """);

        assertThat(slice.endpoints()).extracting(Endpoint::ready).containsExactly(true, true, false);
        assertThat(slice.endpoints()).extracting(Endpoint::serving).containsExactly(true, true, true);
        assertThat(slice.endpoints()).extracting(Endpoint::terminating).containsExactly(false, false, true);
    }

    @Test
    void A3_17_nodeZoneAndHintsAreRead() {
        EndpointSlice slice = endpoints("""
                addressType: IPv4
                endpoints:
                - addresses: [10.1.0.1]
                  nodeName: n1
                  zone: a
                  hints: {forZones: [{name: a}, {name: b}], forNodes: [{name: n1}]}
                - addresses: [10.1.0.2]
                """);

        assertThat(slice.endpoints().getFirst().nodeName()).isEqualTo("n1");
        assertThat(slice.endpoints().getFirst().zone()).isEqualTo("a");
        assertThat(slice.endpoints().getFirst().zoneHints()).isEqualTo(Set.of("a", "b"));
        assertThat(slice.endpoints().getFirst().nodeHints()).isEqualTo(Set.of("n1"));
        assertThat(slice.endpoints().getLast().nodeName()).isNull();
    }

    @Test
    void anEndpointOfTheOtherFamilyIsLeftOut() {
        EndpointSlice slice =
                endpoints("addressType: IPv4\nendpoints: [{addresses: ['fd00::1']}, {addresses: [10.1.0.1]}]");

        assertThat(slice.endpoints()).extracting(Endpoint::address).containsExactly(IpAddress.of("10.1.0.1"));
        assertThat(badEntries).hasSize(1);
    }

    @Test
    void A14_10_theTriggerTimeIsReadAndANonsenseOneIgnored() {
        String annotation = "endpoints.kubernetes.io/last-change-trigger-time";
        EndpointSlice good = wanted(
                DocumentKind.ENDPOINT_SLICE,
                "metadata: {name: s, labels: {kubernetes.io/service-name: web}, annotations: {" + annotation
                        + ": '2026-01-02T03:04:05.5Z'}}\naddressType: IPv4");
        EndpointSlice bad = wanted(
                DocumentKind.ENDPOINT_SLICE,
                "metadata: {name: s, labels: {kubernetes.io/service-name: web}, annotations: {" + annotation
                        + ": soon}}\naddressType: IPv4");

        assertThat(good.triggeredAt()).contains(Instant.parse("2026-01-02T03:04:05.5Z"));
        assertThat(bad.triggeredAt()).isEmpty();
    }

    @Test
    void aNodeHasItsInternalAddressesZoneAndPodRanges() {
        Node node = wanted(DocumentKind.NODE, """
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
        assertThat(this.<Node>wanted(
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

        assertThat(this.<Pod>wanted(DocumentKind.POD, pod))
                .isEqualTo(new Pod(
                        new ObjectName("default", "p"),
                        "u1",
                        List.of(IpAddress.of("10.1.0.1"), IpAddress.of("fd00::1")),
                        "n1",
                        true,
                        false));
        assertThat(this.<Pod>wanted(DocumentKind.POD, pod.replace("Running", "Failed"))
                        .ips())
                .isEmpty();
        assertThat(this.<Pod>wanted(DocumentKind.POD, "metadata: {name: p}").socketLb())
                .isTrue();
    }

    private Service service(String spec) {
        return wanted(DocumentKind.SERVICE, "metadata: {name: web}\nspec:\n" + spec.indent(2));
    }

    private EndpointSlice endpoints(String body) {
        return wanted(
                DocumentKind.ENDPOINT_SLICE,
                "metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}\n" + body);
    }

    private Decoded slice(String labels, String body) {
        return decode(DocumentKind.ENDPOINT_SLICE, "metadata: {name: web-1, labels: {" + labels + "}}\n" + body);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private <T> T wanted(DocumentKind kind, String yaml) {
        return (T) ((Decoded.Wanted) decode(kind, yaml)).object();
    }

    private Decoded decode(DocumentKind kind, String yaml) {
        return decoder.decode(kind, (Value.Mapping) YamlValues.read(yaml).getFirst());
    }
}
