// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.ClusterFixture.name;
import static io.culvert.servicelb.desired.Endpoints.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.SourceRanges;
import io.culvert.maps.FrontendFlag;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import io.culvert.servicelb.ClusterFixture;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Who is let in at load balancer addresses (A9).
class SourceRangesTest {

    private final ClusterFixture cluster = new ClusterFixture();
    private NodeContext node = new NodeContext(HERE, null);

    private CompiledService compile(SourceRanges ranges) {
        cluster.put(Service.builder(name("web"))
                .type(ServiceType.LOAD_BALANCER)
                .clusterIps(List.of(IpAddress.of("10.96.0.1"), IpAddress.of("fd00:96::1")))
                .port(new ServicePort("http", Protocol.TCP, 80, 30080))
                .externalIps(List.of(IpAddress.of("192.0.2.9")))
                .ingress(Stream.of("192.0.2.1", "2001:db8::1")
                        .map(vip -> new LoadBalancerIngress(IpAddress.of(vip), true))
                        .toList())
                .sourceRanges(ranges));
        return ServiceCompiler.compile(name("web"), cluster.state(), node, AddressClaims.of(cluster.state()));
    }

    private static SourceRanges ranges(int invalid, String... prefixes) {
        return new SourceRanges(
                Stream.of(prefixes).map(p -> IpPrefix.parse(p).orElseThrow()).toList(), invalid);
    }

    /// The addresses whose clients are checked.
    private static List<String> checked(CompiledService service) {
        return service.ports().stream()
                .flatMap(port -> port.frontends().stream())
                .filter(frontend -> frontend.flags().contains(FrontendFlag.SOURCE_RANGES))
                .peek(frontend -> assertThat(frontend.flags()).contains(FrontendFlag.NEEDS_CLIENT))
                .map(frontend -> frontend.type() + " " + frontend.key().address())
                .toList();
    }

    private static List<String> allowed(CompiledService service, IpFamily family) {
        return service.ports().stream()
                .filter(port -> port.name().family() == family)
                .flatMap(port -> port.sourceRanges().stream())
                .map(IpPrefix::toString)
                .toList();
    }

    @Test
    void A9_01_A9_03_A9_04_A9_05_H_08_onlyLoadBalancerAddressesAreFiltered() {
        CompiledService service = compile(ranges(0, "198.51.100.0/24", "fd00:1::/64"));

        assertThat(checked(service)).containsExactly("LoadBalancer 192.0.2.1", "LoadBalancer 2001:db8::1");
        assertThat(service.conflicts()).isEmpty();
    }

    @Test
    void A18_04_A18_08_A9_12_eachFamilyHasItsOwnRangesAndWithoutAnyItIsOpen() {
        CompiledService both = compile(ranges(0, "198.51.100.0/24", "fd00:1::/64"));
        assertThat(allowed(both, IpFamily.IPV4)).containsExactly("198.51.100.0/24");
        assertThat(allowed(both, IpFamily.IPV6)).containsExactly("fd00:1::/64");

        CompiledService one = compile(ranges(0, "198.51.100.0/24"));
        assertThat(checked(one)).containsExactly("LoadBalancer 192.0.2.1");
        assertThat(one.conflicts())
                .extracting(ServiceConflict::message)
                .containsExactly("loadBalancerSourceRanges has no IPv6 entry,"
                        + " so its IPv6 load balancer addresses are open to all");
    }

    @Test
    void A9_11_theWholeFamilyIsNoFilter() {
        CompiledService service = compile(ranges(0, "198.51.100.0/24", "0.0.0.0/0", "::/0"));

        assertThat(checked(service)).isEmpty();
        assertThat(service.conflicts()).isEmpty();
    }

    @Test
    void A9_22_twoHalvesOfTheSpaceAreAFilterLikeAnyOther() {
        CompiledService service = compile(ranges(0, "0.0.0.0/1", "128.0.0.0/1", "::/0"));

        assertThat(checked(service)).containsExactly("LoadBalancer 192.0.2.1");
        assertThat(allowed(service, IpFamily.IPV4)).containsExactly("0.0.0.0/1", "128.0.0.0/1");
    }

    @Test
    void A9_14_invalidEntriesAreLeftOut() {
        CompiledService service = compile(ranges(1, "198.51.100.0/24", "fd00:1::/64"));

        assertThat(allowed(service, IpFamily.IPV4)).containsExactly("198.51.100.0/24");
        assertThat(service.conflicts()).isEmpty();
    }

    @Test
    void H_09_whereNoEntryIsValidNobodyIsLetIn() {
        CompiledService service = compile(ranges(2));

        assertThat(checked(service)).containsExactly("LoadBalancer 192.0.2.1", "LoadBalancer 2001:db8::1");
        assertThat(allowed(service, IpFamily.IPV4)).isEmpty();
        assertThat(service.conflicts())
                .singleElement()
                .satisfies(conflict -> assertThat(conflict.reason()).isEqualTo("InvalidSourceRanges"));
    }

    @Test
    void A9_21_rangesOfAServiceWithoutLoadBalancerMeanNothing() {
        cluster.put(Service.builder(name("web"))
                .type(ServiceType.NODE_PORT)
                .clusterIps(List.of(IpAddress.of("10.96.0.1")))
                .port(new ServicePort("http", Protocol.TCP, 80, 30080))
                .sourceRanges(ranges(1)));
        CompiledService service =
                ServiceCompiler.compile(name("web"), cluster.state(), node, AddressClaims.of(cluster.state()));

        assertThat(checked(service)).isEmpty();
        assertThat(service.conflicts()).isEmpty();
    }

    @Test
    void A9_08_theLoadBalancerAddressIsLetInWhereTheNodeIs() {
        node = new NodeContext(HERE, null, List.of(IpAddress.of("198.51.100.7")));
        assertThat(allowed(compile(ranges(0, "198.51.100.0/24")), IpFamily.IPV4))
                .containsExactly("198.51.100.0/24", "192.0.2.1/32");

        node = new NodeContext(HERE, null, List.of(IpAddress.of("203.0.113.7")));
        assertThat(allowed(compile(ranges(0, "198.51.100.0/24")), IpFamily.IPV4))
                .containsExactly("198.51.100.0/24");
    }
}
