// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.net.IpAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What programs know of cluster IPs beyond their frontends.
class ClusterAddressTest {

    private static final String USED = "[CLUSTER_IPS]";
    private static final String KNOWN = "[CLUSTER_IPS, DROP_UNALLOCATED]";

    private final LoadBalancerFixture given = new LoadBalancerFixture();
    private final ClusterFixture cluster = given.cluster;

    private Map<String, Integer> addresses() {
        Map<String, Integer> addresses = new TreeMap<>();
        given.tables.clusterAddresses.forEach((key, value) -> addresses.put(key.toString(), value));
        return addresses;
    }

    private List<String> ranges() {
        return given.tables.ranges.stream().map(AddressRange::toString).sorted().toList();
    }

    @Test
    void A5_09_otherPortsOfAClusterIpAreRefusedAsLongAsAServiceHasIt() {
        cluster.put(service("web", "10.96.0.1", "fd00:96::1"));
        given.apply();
        assertThat(addresses()).isEqualTo(Map.of("10.96.0.1", AddressKey.REFUSE, "fd00:96::1", AddressKey.REFUSE));
        assertThat(ranges()).containsExactly("10.96.0.1/32 " + USED, "fd00:96::1/128 " + USED);

        cluster.put(service("web", "10.96.0.2"));
        given.apply();
        assertThat(addresses()).containsOnlyKeys("10.96.0.2");
        assertThat(ranges()).containsExactly("10.96.0.2/32 " + USED);

        cluster.removeService("web");
        given.apply();
        assertThat(addresses()).isEmpty();
        assertThat(ranges()).isEmpty();
    }

    @Test
    void A5_09_withoutServiceCidrsTheRangeIsTheSmallestAroundAllClusterIps() {
        cluster.put(service("a", "10.96.0.1"))
                .put(service("b", "10.96.3.200"))
                .put(service("c", "fd00:96::1"))
                .put(service("d", "fd00:96::8:1"));
        given.apply();
        assertThat(ranges()).containsExactly("10.96.0.0/22 " + USED, "fd00:96::/108 " + USED);

        cluster.removeService("b");
        given.apply();
        assertThat(ranges()).contains("10.96.0.1/32 " + USED);
    }

    @Test
    void A5_10_A5_11_theRangesFollowTheServiceCidrs() {
        cluster.put(service("a", "10.96.0.1")).serviceCidr("kubernetes", "10.96.0.0/16", "fd00:96::/112");
        given.apply();
        assertThat(ranges()).containsExactly("10.96.0.0/16 " + KNOWN, "fd00:96::/112 " + KNOWN);

        cluster.removeServiceCidr("kubernetes");
        given.apply();
        assertThat(ranges()).containsExactly("10.96.0.1/32 " + USED);
    }

    @Test
    void A2_25_aClusterIpOutsideOfTheServiceCidrsIsServedAndKnown() {
        cluster.serviceCidr("kubernetes", "10.96.0.0/16")
                .put(service("a", "10.96.0.1"))
                .put(service("b", "10.200.0.1"))
                .put(slice("b", at("10.1.0.1")));
        given.apply();

        assertThat(given.chosen("10.200.0.1")).containsExactly("10.1.0.1");
        assertThat(addresses()).containsOnlyKeys("10.96.0.1", "10.200.0.1");
        assertThat(ranges()).containsExactly("10.200.0.1/32 " + USED, "10.96.0.0/16 " + KNOWN);
    }

    @Test
    void A5_11_moreServiceCidrsThanThereIsRoomForDropNothingThatIsUsed() {
        for (int i = 0; i < 9; i++) {
            cluster.serviceCidr("c" + i, "10." + i + ".0.0/16").put(service("s" + i, "10." + i + ".0.1"));
        }
        given.apply();

        assertThat(given.tables.ranges).hasSizeLessThanOrEqualTo(ClusterRanges.LIMIT);
        for (int i = 0; i < 9; i++) {
            IpAddress address = IpAddress.of("10." + i + ".0.1");
            assertThat(given.tables.clusterAddresses).containsKey(new AddressKey(address));
        }
        assertThat(ranges()).anyMatch(range -> range.endsWith(USED));
    }

    @Test
    void A21_06_aClusterIpThatIsAnAddressOfTheNodeIsLeftToItUntilItGoes() {
        cluster.put(service("dns", "10.96.0.10")).put(slice("dns", at("10.1.0.1")));
        cluster.serviceCidr("kubernetes", "10.96.0.0/16").put(service("web", "10.96.0.1"));
        given.apply();
        int writes = given.tables.writes;

        given.balancer.localAddresses(Set.of(IpAddress.of("192.0.2.6")));
        assertThat(given.tables.writes).as("no affair of any Service").isEqualTo(writes);

        given.balancer.localAddresses(Set.of(IpAddress.of("192.0.2.6"), IpAddress.of("10.96.0.10")));
        assertThat(given.chosen("10.96.0.10")).isNull();
        assertThat(addresses()).isEqualTo(Map.of("10.96.0.1", AddressKey.REFUSE, "10.96.0.10", AddressKey.LEAVE));
        assertThat(given.chosen("10.96.0.1")).isNotNull();

        given.balancer.localAddresses(Set.of(IpAddress.of("192.0.2.6")));
        assertThat(given.chosen("10.96.0.10")).containsExactly("10.1.0.1");
        assertThat(addresses()).isEqualTo(Map.of("10.96.0.1", AddressKey.REFUSE, "10.96.0.10", AddressKey.REFUSE));
    }

    @Test
    void A21_06_anAddressThatIsLocalFirstIsLeftAloneWhenTheServiceComes() {
        given.balancer.localAddresses(Set.of(IpAddress.of("10.96.0.10")));
        cluster.put(service("dns", "10.96.0.10")).put(slice("dns", at("10.1.0.1")));
        given.apply();

        assertThat(given.chosen("10.96.0.10")).isNull();
    }

    @Test
    void nothingIsRemovedAndNoRangeChangesBeforeEverythingIsKnown() {
        cluster.put(service("web", "10.96.0.1")).put(service("api", "10.96.0.2"));
        given.apply();
        List<String> before = ranges();

        given.restart();
        cluster.removeService("api").complete(false);
        given.apply();
        assertThat(addresses()).containsOnlyKeys("10.96.0.1", "10.96.0.2");
        assertThat(ranges()).isEqualTo(before);

        cluster.complete(true);
        given.apply();
        assertThat(addresses()).containsOnlyKeys("10.96.0.1");
    }

    @Test
    void whatCannotBeWrittenIsWrittenLaterAndNothingIsDroppedMeanwhile() {
        cluster.put(service("web", "10.96.0.1")).serviceCidr("kubernetes", "10.96.0.0/16");
        given.tables.failure = write -> write.equals("put 10.96.0.1");
        given.apply();
        assertThat(given.chosen("10.96.0.1")).isNotNull();
        assertThat(ranges()).isEmpty();

        given.tables.failure = _ -> false;
        given.pass(Duration.ofSeconds(1));
        assertThat(addresses()).containsOnlyKeys("10.96.0.1");
        assertThat(ranges()).containsExactly("10.96.0.0/16 " + KNOWN);
    }
}
