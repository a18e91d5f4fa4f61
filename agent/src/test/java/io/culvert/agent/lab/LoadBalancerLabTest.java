// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.OutsideLab.awaitAnswer;
import static io.culvert.agent.lab.OutsideLab.tcp;
import static io.culvert.agent.lab.OutsideLab.udp;
import static io.culvert.agent.lab.OutsideLab.vip;
import static io.culvert.agent.lab.ServiceLab.PORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients outside of the cluster, beyond a router, reach Services at addresses of load balancers and under
/// externalTrafficPolicy Local.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class LoadBalancerLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static OutsideLab outside;
    private static ServiceLab services;
    private static LabClient near;
    private static LabClient far;
    private static LabNode n1;
    private static LabNode n2;

    @BeforeAll
    static void create() {
        outside = new OutsideLab();
        services = outside.services();
        near = outside.near();
        far = outside.far();
        n1 = outside.n1();
        n2 = outside.n2();
        outside.publish(outside.spread("web", 41).exposed(LabExposure.loadBalancer(30080, "192.0.2.10", "fd90::10")));
        outside.publish(ServiceLab.service("local", 42)
                .backedBy(outside.pod("web1"))
                .exposed(LabExposure.loadBalancer(30081, "192.0.2.11", "fd90::11")
                        .trafficPolicy("Local")));
        outside.publish(outside.spread("ranged", 43)
                .exposed(LabExposure.loadBalancer(30082, "192.0.2.12", "fd90::12")
                        .sourceRanges("203.0.1.0/24", "fd20:0:0:1::/64")));
        outside.publish(outside.spread("own", 44)
                .exposed(LabExposure.nodePort(30083)
                        .externalIps(
                                n1.ip(IpFamily.IPV4).toString(),
                                n1.ip(IpFamily.IPV6).toString())));
    }

    @AfterAll
    static void remove() {
        outside.close();
    }

    @ParameterizedTest
    @EnumSource
    void A6_09_loadBalancerAddressesAreServedAndMasqueraded(IpFamily family) {
        IpAddress vip = vip(family, 10);
        for (LabNode node : services.lab().nodes()) {
            outside.routeTo(node, vip);
            assertThat(outside.masqueradedServers(() -> tcp(near, vip, PORT), family))
                    .containsExactly("web1", "web2");
            assertThat(outside.masqueradedServers(() -> udp(near, vip, PORT), family))
                    .containsExactly("web1", "web2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void A6_17_A6_18_A10_14_localTrafficKeepsTheClientsAddress(IpFamily family) {
        IpAddress vip = vip(family, 11);
        outside.routeTo(n1, vip);
        for (Outcome outcome : new Outcome[] {
            tcp(near, n1.ip(family), 30081), udp(near, n1.ip(family), 30081), tcp(near, vip, PORT), udp(near, vip, PORT)
        }) {
            assertThat(outcome.answer().server()).isEqualTo("web1");
            assertThat(outcome.answer().seen().address()).isEqualTo(near.ip(family));
        }
    }

    @ParameterizedTest
    @EnumSource
    void A6_11_A6_12_podsReachLocalServicesFromAnyNodeAndKeepTheirAddress(IpFamily family) {
        for (String name : List.of("client1", "client2", "plain1", "plain2")) {
            LabPod pod = outside.pod(name);
            for (Outcome outcome :
                    new Outcome[] {tcp(pod, pod.node().ip(family), 30081), tcp(pod, vip(family, 11), PORT)}) {
                assertThat(outcome.answer().server()).isEqualTo("web1");
                assertThat(outcome.answer().seen().address()).isEqualTo(pod.ip(family));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void A6_14_A6_15_nodesReachLocalServicesAtTheirOwnAddress(IpFamily family) {
        for (LabNode node : services.lab().nodes()) {
            assertThat(tcp(node, node.ip(family), 30081).answer().server()).isEqualTo("web1");
            assertThat(tcp(node, vip(family, 11), PORT).answer().server()).isEqualTo("web1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void A6_41_anotherNodeIsAClientFromOutside(IpFamily family) {
        assertThat(tcp(n1, n2.ip(family), 30081).failure().errno()).isIn("ETIMEDOUT", "TIMEOUT");
        assertThat(tcp(n2, n1.ip(family), 30081).answer().seen().address()).isEqualTo(n2.ip(family));
    }

    @ParameterizedTest
    @EnumSource
    void A6_02_A6_03_podsAreMasqueradedAtNodePortsAndLoadBalancerAddresses(IpFamily family) {
        for (LabPod pod : List.of(outside.pod("client1"), outside.pod("plain2"))) {
            assertThat(tcp(pod, pod.node().ip(family), 30080).answer().seen().address())
                    .isNotEqualTo(pod.ip(family));
            assertThat(tcp(pod, vip(family, 10), PORT).answer().seen().address())
                    .isNotEqualTo(pod.ip(family));
        }
    }

    @ParameterizedTest
    @EnumSource
    void A5_05_A10_19_aNodeWithoutALocalEndpointIsSilent(IpFamily family) {
        IpAddress vip = vip(family, 11);
        outside.routeTo(n2, vip);
        for (Outcome outcome : new Outcome[] {
            tcp(near, n2.ip(family), 30081), udp(near, n2.ip(family), 30081), tcp(near, vip, PORT), udp(near, vip, PORT)
        }) {
            assertThat(outcome.failure().errno()).isIn("ETIMEDOUT", "TIMEOUT");
        }
    }

    @ParameterizedTest
    @EnumSource
    void A9_01_A9_02_A9_03_onlyClientsInTheRangesReachTheLoadBalancersAddress(IpFamily family) {
        IpAddress vip = vip(family, 12);
        outside.routeTo(n1, vip);

        assertThat(tcp(near, vip, PORT).answer().server()).startsWith("web");
        assertThat(tcp(far, vip, PORT).failure().errno()).isIn("ETIMEDOUT", "TIMEOUT");
        assertThat(udp(far, vip, PORT).failure().errno()).isIn("ETIMEDOUT", "TIMEOUT");
        assertThat(tcp(far, n1.ip(family), 30082).answer().server()).startsWith("web");
    }

    @ParameterizedTest
    @EnumSource
    void A2_22_anExternalIpThatIsTheNodesOwnWinsForItsPortOnly(IpFamily family) {
        assertThat(tcp(near, n1.ip(family), PORT).answer().server()).startsWith("web");

        n1.sockets().serveTcp(family == IpFamily.IPV4 ? 8181 : 8182);
        assertThat(tcp(near, n1.ip(family), family == IpFamily.IPV4 ? 8181 : 8182)
                        .answer()
                        .server())
                .isEqualTo("n1");
    }

    @ParameterizedTest
    @EnumSource
    void A2_04_A9_17_aProxyModeAddressIsLeftToTheLoadBalancer(IpFamily family) {
        int number = family == IpFamily.IPV4 ? 60 : 61;
        int port = family == IpFamily.IPV4 ? 30300 : 30301;
        IpAddress vip = vip(family, number);
        LabService service = outside.spread("flips", number);
        LabExposure exposure = LabExposure.loadBalancer(port, vip.toString());
        outside.routeTo(n1, vip);
        outside.publish(service.exposed(exposure));
        awaitAnswer(() -> tcp(near, vip, PORT));
        awaitAnswer(() -> tcp(outside.pod("client1"), vip, PORT));

        services.apply(service.exposed(exposure.ipMode("Proxy")));
        await().atMost(PATIENCE)
                .until(() -> tcp(near, vip, PORT) instanceof Outcome.Failure
                        && tcp(outside.pod("client1"), vip, PORT) instanceof Outcome.Failure);
        assertThat(tcp(near, n1.ip(family), port).answer().server()).startsWith("web");

        services.apply(service.exposed(exposure));
        awaitAnswer(() -> tcp(near, vip, PORT));
        services.delete(service);
    }
}
