// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.netlink.BridgeEntry;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.loader.netlink.Neighbour;
import io.culvert.loader.netlink.NetworkChange;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BridgeTablesTest {

    private static final int BRIDGE = 3;
    private static final int STALE = 4;
    private static final int FAILED = 0x20;
    private static final Set<Integer> PODS = Set.of(7, 8);
    private static final IpAddress WEB = IpAddress.of("10.1.0.3");
    private static final IpAddress WEB6 = IpAddress.of("fd00::3");
    private static final IpAddress DB = IpAddress.of("10.1.0.4");

    private static final Set<IpAddress> ADDRESSES = Set.of(WEB, WEB6, DB);

    private final BridgeTables tables = new BridgeTables();

    @Test
    void theNeighbourAndItsStationTellThePort() {
        assertThat(station(7, 0xa)).isTrue();
        assertThat(neighbour(WEB, 0xa)).isTrue();
        assertThat(neighbour(WEB6, 0xa)).isTrue();
        assertThat(neighbour(WEB, 0xa)).as("nothing new").isFalse();
        assertThat(tables.links(PODS, ADDRESSES)).isEqualTo(Map.of(WEB, 7, WEB6, 7));
    }

    @Test
    void neighboursElsewhereAndStationsThatAreNoPodsAreNobodys() {
        station(9, 0xa);
        neighbour(WEB, 0xa);
        assertThat(tables.links(PODS, ADDRESSES)).isEmpty();

        station(7, 0xb);
        tables.take(new NetworkChange(false, new Neighbour(4, DB, Optional.of(new MacAddress(0xb)), STALE)));
        assertThat(tables.links(PODS, ADDRESSES)).as("on another link").isEmpty();

        tables.take(new NetworkChange(false, new Neighbour(BRIDGE, DB, Optional.empty(), FAILED)));
        tables.take(new NetworkChange(false, new BridgeEntry(BRIDGE, 8, new MacAddress(0xc), true)));
        neighbour(DB, 0xc);
        assertThat(tables.links(PODS, ADDRESSES)).as("the port's own address").isEmpty();
    }

    /// Both tables forget who is silent.
    @Test
    void aSilentPodStaysWhereItWasUntilItsPortIsGone() {
        station(7, 0xa);
        neighbour(WEB, 0xa);
        assertThat(tables.links(PODS, ADDRESSES)).isEqualTo(Map.of(WEB, 7));

        tables.take(new NetworkChange(true, new BridgeEntry(BRIDGE, 7, new MacAddress(0xa), false)));
        tables.take(new NetworkChange(true, new Neighbour(BRIDGE, WEB, Optional.of(new MacAddress(0xa)), STALE)));
        assertThat(tables.links(PODS, ADDRESSES)).isEqualTo(Map.of(WEB, 7));
        assertThat(tables.links(Set.of(8), ADDRESSES)).isEmpty();
        assertThat(tables.links(PODS, ADDRESSES))
                .as("another interface of that index")
                .isEmpty();
    }

    @Test
    void anAddressMovesToThePortOfThePodThatComesAfter() {
        station(7, 0xa);
        neighbour(WEB, 0xa);
        assertThat(tables.links(PODS, ADDRESSES)).isEqualTo(Map.of(WEB, 7));
        station(8, 0xb);
        assertThat(neighbour(WEB, 0xb)).isTrue();
        assertThat(tables.links(PODS, ADDRESSES)).isEqualTo(Map.of(WEB, 8));
    }

    /// A pod that claims the address of another one by ARP.
    @Test
    void aPortThatIsKnownKeepsToItsAddress() {
        station(7, 0xa);
        neighbour(WEB, 0xa);
        station(8, 0xb);
        neighbour(DB, 0xb);
        assertThat(tables.links(PODS, ADDRESSES)).isEqualTo(Map.of(WEB, 7, DB, 8));
        neighbour(WEB, 0xb);
        assertThat(tables.links(PODS, ADDRESSES)).isEqualTo(Map.of(WEB, 7, DB, 8));
    }

    @Test
    void onlyAddressesOfPodsSayWhoseAPortIs() {
        station(7, 0xa);
        neighbour(IpAddress.of("10.1.0.99"), 0xa);
        assertThat(tables.links(PODS, ADDRESSES)).isEmpty();
        neighbour(WEB, 0xa);
        assertThat(tables.links(PODS, ADDRESSES)).isEqualTo(Map.of(WEB, 7));
        assertThat(tables.links(PODS, Set.of(DB))).as("the pod is gone").isEmpty();
    }

    @Test
    void whatIsReadAnewReplacesWhatWasKnown() {
        station(7, 0xa);
        neighbour(WEB, 0xa);
        tables.read(
                () -> List.of(new Neighbour(BRIDGE, DB, Optional.of(new MacAddress(0xb)), STALE)),
                () -> List.of(new BridgeEntry(BRIDGE, 8, new MacAddress(0xb), false)));
        assertThat(tables.links(PODS, ADDRESSES)).isEqualTo(Map.of(DB, 8));
    }

    private boolean station(int port, long address) {
        return tables.take(new NetworkChange(false, new BridgeEntry(BRIDGE, port, new MacAddress(address), false)));
    }

    private boolean neighbour(IpAddress ip, long address) {
        return tables.take(
                new NetworkChange(false, new Neighbour(BRIDGE, ip, Optional.of(new MacAddress(address)), STALE)));
    }
}
