// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.ClusterFixture.name;
import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.desired.Endpoints.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.SessionAffinity;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.ClusterFixture;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is served outside of the cluster IP: node ports (A10), load balancer addresses (A9) and external addresses.
class OutsideFrontendsTest {

    private static final ServicePort HTTP = new ServicePort("http", Protocol.TCP, 80, 30080);

    private final ClusterFixture cluster = new ClusterFixture();

    private CompiledService compile(String name) {
        return ServiceCompiler.compile(
                name(name), cluster.state(), new NodeContext(HERE, null), AddressClaims.of(cluster.state()));
    }

    /// Type, key and flags of every frontend.
    private List<String> frontends(String name) {
        return compile(name).ports().stream()
                .flatMap(port -> port.frontends().stream())
                .map(frontend -> frontend.type() + " " + frontend.key() + " " + new TreeSet<>(frontend.flags()))
                .toList();
    }

    private static ServiceBuilder web(ServiceType type, String... clusterIps) {
        return Service.builder(name("web"))
                .type(type)
                .clusterIps(Stream.of(clusterIps).map(IpAddress::of).toList())
                .port(HTTP);
    }

    private static LoadBalancerIngress vip(String address) {
        return new LoadBalancerIngress(IpAddress.of(address), true);
    }

    @Test
    void A2_02_A10_01_aNodePortIsServedBesideTheClusterIp() {
        for (ServiceType type : List.of(ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER)) {
            cluster.put(web(type, "10.96.0.1"));

            assertThat(frontends("web"))
                    .containsExactly("ClusterIP TCP 10.96.0.1:80 []", "NodePort TCP 0.0.0.0:30080 [needs client]");
        }
    }

    @Test
    void A2_03_A9_16_aLoadBalancerAddressIsServedAtThePortOfTheService() {
        cluster.put(web(ServiceType.LOAD_BALANCER, "10.96.0.1").ingress(List.of(vip("192.0.2.1"))));

        assertThat(frontends("web")).contains("LoadBalancer TCP 192.0.2.1:80 [needs client]");
    }

    @Test
    void A2_04_A9_17_A9_18_anAddressWithIpModeProxyIsNotServedButTheNodePortIs() {
        cluster.put(web(ServiceType.LOAD_BALANCER, "10.96.0.1")
                .externalTrafficPolicy(TrafficPolicy.LOCAL)
                .ingress(List.of(new LoadBalancerIngress(IpAddress.of("192.0.2.1"), false))));

        assertThat(frontends("web"))
                .containsExactly("ClusterIP TCP 10.96.0.1:80 []", "NodePort TCP 0.0.0.0:30080 [local set]");
    }

    @Test
    void A2_06_A2_17_externalIpsAreServedOnAnyTypeByTheExternalPolicy() {
        ServiceBuilder service = service("web", "10.96.0.1").externalIps(List.of(IpAddress.of("192.0.2.9")));
        cluster.put(service);
        assertThat(frontends("web"))
                .containsExactly("ClusterIP TCP 10.96.0.1:80 []", "ExternalIP TCP 192.0.2.9:80 [needs client]");

        cluster.put(service.externalTrafficPolicy(TrafficPolicy.LOCAL));
        assertThat(frontends("web"))
                .containsExactly("ClusterIP TCP 10.96.0.1:80 []", "ExternalIP TCP 192.0.2.9:80 [local set]");
    }

    @Test
    void A2_15_withoutNodePortTheLoadBalancerAddressIsServed() {
        cluster.put(service("web", "10.96.0.1").type(ServiceType.LOAD_BALANCER).ingress(List.of(vip("192.0.2.1"))));

        assertThat(frontends("web"))
                .containsExactly("ClusterIP TCP 10.96.0.1:80 []", "LoadBalancer TCP 192.0.2.1:80 [needs client]");
    }

    @Test
    void A2_09_aNodePortThatTheTypeDoesNotHaveIsNotServed() {
        cluster.put(web(ServiceType.CLUSTER_IP, "10.96.0.1"));

        assertThat(frontends("web")).containsExactly("ClusterIP TCP 10.96.0.1:80 []");
    }

    @Test
    void A2_18_theExternalPolicyMeansNothingToAClusterIp() {
        cluster.put(service("web", "10.96.0.1").externalTrafficPolicy(TrafficPolicy.LOCAL));

        assertThat(frontends("web")).containsExactly("ClusterIP TCP 10.96.0.1:80 []");
    }

    @Test
    void A2_27_aLoadBalancerAddressStaysAsLongAsTheStatusShowsIt() {
        cluster.put(service("web", "10.96.0.1").ingress(List.of(vip("192.0.2.1"))));

        assertThat(frontends("web")).contains("LoadBalancer TCP 192.0.2.1:80 [needs client]");
    }

    @Test
    void A18_02_A18_04_A18_05_eachFamilyHasItsOwnAddressesAndTheSameNodePort() {
        ServiceBuilder service = web(ServiceType.LOAD_BALANCER, "10.96.0.1", "fd00:96::1")
                .ingress(List.of(vip("192.0.2.1"), vip("2001:db8::1")))
                .externalIps(List.of(IpAddress.of("192.0.2.9"), IpAddress.of("2001:db8::9")));
        cluster.put(service);
        assertThat(frontends("web"))
                .containsExactly(
                        "ClusterIP TCP 10.96.0.1:80 []",
                        "NodePort TCP 0.0.0.0:30080 [needs client]",
                        "LoadBalancer TCP 192.0.2.1:80 [needs client]",
                        "ExternalIP TCP 192.0.2.9:80 [needs client]",
                        "ClusterIP TCP [fd00:96::1]:80 []",
                        "NodePort TCP [::]:30080 [needs client]",
                        "LoadBalancer TCP [2001:db8::1]:80 [needs client]",
                        "ExternalIP TCP [2001:db8::9]:80 [needs client]");

        cluster.put(service.clusterIps(List.of(IpAddress.of("10.96.0.1"))));
        assertThat(frontends("web")).hasSize(4).noneMatch(frontend -> frontend.contains("[" + "2001"));
    }

    @Test
    void A4_09_eachPolicyHoldsForItsOwnFrontends() {
        cluster.put(web(ServiceType.NODE_PORT, "10.96.0.1").internalTrafficPolicy(TrafficPolicy.LOCAL));

        assertThat(frontends("web"))
                .containsExactly("ClusterIP TCP 10.96.0.1:80 [local set]", "NodePort TCP 0.0.0.0:30080 [needs client]");
    }

    @Test
    void A8_02_A8_10_withAffinityEveryFrontendNeedsToKnowTheClient() {
        cluster.put(web(ServiceType.NODE_PORT, "10.96.0.1")
                .externalTrafficPolicy(TrafficPolicy.LOCAL)
                .sessionAffinity(new SessionAffinity.ClientIp(Duration.ofSeconds(30))));

        assertThat(frontends("web"))
                .containsExactly(
                        "ClusterIP TCP 10.96.0.1:80 [needs client]",
                        "NodePort TCP 0.0.0.0:30080 [local set, needs client]");
        assertThat(compile("web").ports())
                .allSatisfy(port -> assertThat(port.rules().affinitySeconds()).isEqualTo(30));
    }

    @Test
    void A2_22_anExternalAddressMayBeANodesAddress() {
        cluster.put(service("web", "10.96.0.1").externalIps(List.of(IpAddress.of("192.0.2.6"))));
        NodeContext node = new NodeContext(HERE, null, List.of(IpAddress.of("192.0.2.6")));

        CompiledService web =
                ServiceCompiler.compile(name("web"), cluster.state(), node, AddressClaims.of(cluster.state()));
        assertThat(web.ports().getFirst().frontends())
                .extracting(frontend -> frontend.key().toString())
                .containsExactly("TCP 10.96.0.1:80", "TCP 192.0.2.6:80");
        assertThat(web.conflicts()).isEmpty();
    }

    @Test
    void A9_19_aLoadBalancerMayKeepItsAddressOrGoToTheNodePort() {
        cluster.put(web(ServiceType.LOAD_BALANCER, "10.96.0.1").ingress(List.of(vip("192.0.2.1"))));

        assertThat(frontends("web"))
                .contains("NodePort TCP 0.0.0.0:30080 [needs client]", "LoadBalancer TCP 192.0.2.1:80 [needs client]");
    }

    @Test
    void anAddressThatIsLoadBalancerAndExternalIsTheLoadBalancers() {
        cluster.put(service("web", "10.96.0.1")
                .type(ServiceType.LOAD_BALANCER)
                .externalIps(List.of(IpAddress.of("192.0.2.1")))
                .ingress(List.of(vip("192.0.2.1"))));

        assertThat(frontends("web"))
                .containsExactly("ClusterIP TCP 10.96.0.1:80 []", "LoadBalancer TCP 192.0.2.1:80 [needs client]");
        assertThat(compile("web").conflicts()).isEmpty();
    }

    @Test
    void H_13_connectionsToRemovedBackendsAreResetWhereTheServiceAsksForIt() {
        cluster.put(
                service("web", "10.96.0.1").annotations(java.util.Map.of("culvert.io/reset-removed-backends", "true")));
        assertThat(compile("web").ports().getFirst().rules().resetRemoved()).isTrue();

        cluster.put(
                service("web", "10.96.0.1").annotations(java.util.Map.of("culvert.io/reset-removed-backends", "yes")));
        assertThat(compile("web").ports().getFirst().rules().resetRemoved()).isFalse();
        assertThat(compile("web").conflicts())
                .extracting(ServiceConflict::message)
                .containsExactly("annotation culvert.io/reset-removed-backends is \"yes\"; use \"true\" or \"false\"");
    }
}
