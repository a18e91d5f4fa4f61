// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.conntrack.EndedConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExpiredConnectionsTest {

    private static final IpPort POD = new IpPort(IpAddress.of("10.1.0.2"), 40_000);
    private static final IpPort OUTSIDE = new IpPort(IpAddress.of("198.51.100.7"), 40_000);
    private static final IpPort SERVICE = new IpPort(IpAddress.of("10.96.0.10"), 53);
    private static final IpPort BACKEND = new IpPort(IpAddress.of("10.1.0.3"), 5353);

    private final List<Event> told = new ArrayList<>();
    private final ExpiredConnections expired = new ExpiredConnections(POD.address()::equals);

    private static EndedConnection ended(IpPort client, int state) {
        Flow flow = new Flow(
                Protocol.UDP, FlowRole.FORWARD, client, SERVICE, BACKEND, client, client, 3, 7, 1, 9, 5, 500, state, 0);
        return new EndedConnection(flow, 500, 5, 4000, 4, 8_000);
    }

    @Test
    void areToldAsTheClientsLastWordWithTotals() {
        expired.to(told::add);

        expired.tell(ended(POD, 0));

        Event event = told.getFirst();
        assertThat(event.kind()).isEqualTo(EventKind.CLOSE);
        assertThat(event.hook()).isEqualTo(EventHook.FROM_POD);
        assertThat(event.source()).isEqualTo(POD);
        assertThat(event.destination()).isEqualTo(SERVICE);
        assertThat(event.translated()).isEqualTo(BACKEND);
        assertThat(event.service()).isEqualTo(3);
        assertThat(event.protocol()).isEqualTo(17);
        assertThat(event.flags()).containsExactlyInAnyOrder(EventFlag.DIRECTED, EventFlag.ADDRESSED, EventFlag.SERVICE);
        assertThat(event.detail().first()).isEqualTo(500);
        assertThat(event.detail().clientPackets()).isEqualTo(5);
        assertThat(event.detail().second()).isEqualTo(4000);
        assertThat(event.detail().backendPackets()).isEqualTo(4);
        assertThat(event.detail().fourth()).isEqualTo(8_000);
    }

    @Test
    void areHeardOnceSomebodyListens() {
        assertThat(expired.areHeard()).isFalse();
        expired.tell(ended(POD, 0));

        expired.to(told::add);

        assertThat(expired.areHeard()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void sayWhoTheClientIs() {
        expired.to(told::add);

        expired.tell(ended(OUTSIDE, 0));
        expired.tell(ended(OUTSIDE, FlowFlag.HOST.bit()));

        assertThat(told).extracting(Event::hook).containsExactly(EventHook.FROM_NETWORK, EventHook.FROM_POD);
        assertThat(told.getLast().has(EventFlag.HOST)).isTrue();
    }

    @Test
    void goNowhereWhileNobodyKeepsFlows() {
        expired.tell(ended(POD, 0));

        expired.to(told::add);

        assertThat(told).isEmpty();
    }
}
