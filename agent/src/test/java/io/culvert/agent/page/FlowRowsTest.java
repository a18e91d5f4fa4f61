// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import io.culvert.observability.flow.WallClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FlowRowsTest {

    private final PageFlows flows = new PageFlows(16);
    private final FlowRows rows = new FlowRows(flows, WallClock.ofSystem());

    @AfterEach
    void free() {
        flows.close();
    }

    private FlowRow last() {
        List<Event> read = new ArrayList<>();
        var _ = flows.store().cursor(0).read(_ -> true, 16, read::add);
        return rows.of(0, read.getLast());
    }

    private static Event socket(EventVerdict verdict, EventKind kind, Set<EventFlag> flags, long cgroup) {
        return new Event(
                1,
                new IpPort(IpAddress.UNSPECIFIED, 0),
                new IpPort(IpAddress.of(PageFlows.DB_SERVICE), 5432),
                new IpPort(IpAddress.UNSPECIFIED, 0),
                kind,
                verdict,
                0,
                0,
                0,
                0,
                0,
                0,
                flags,
                6,
                0,
                EventHook.SOCKET,
                0,
                0,
                0,
                new EventDetail(1, cgroup, 0, 0));
    }

    @Test
    void aConnectionThroughAServiceHasItsBackendAndWhatWasDialled() {
        flows.connects();

        FlowRow row = last();
        assertThat(row.source()).isEqualTo(new PartyRow("pod", "shop", "web-1", "Deployment/web", "10.1.0.2", 40000));
        assertThat(row.destination()).isEqualTo(new PartyRow("pod", "shop", "db-0", "Deployment/db", "10.1.0.3", 5432));
        assertThat(row.dialled()).isEqualTo("10.96.0.10:5432");
        assertThat(row.service()).isEqualTo("shop/db");
        assertThat(row.flags()).isEqualTo("SYN");
        assertThat(row.verdict()).isEqualTo("forwarded");
        assertThat(row.policy()).isEmpty();
    }

    @Test
    void aDenialNamesItsReasonAndPolicy() {
        flows.denied();

        FlowRow row = last();
        assertThat(row.verdict()).isEqualTo("dropped");
        assertThat(row.reason()).isEqualTo("policy denied");
        assertThat(row.policy()).isEqualTo("NetworkPolicy shop/vault-is-closed");
        assertThat(row.service()).isEmpty();
        assertThat(row.dialled()).isEmpty();
    }

    @Test
    void theEndOfAConnectionHasItsBytes() {
        flows.ends(1000);
        assertThat(last().bytes()).isEqualTo(2000);
    }

    @Test
    void aRefusedSocketIsThatOfItsPodOrOfThisNode() {
        FlowRow pod = rows.of(0, socket(EventVerdict.DROPPED, EventKind.DROP, Set.of(EventFlag.DIRECTED), 77));
        FlowRow host = rows.of(0, socket(EventVerdict.DROPPED, EventKind.DROP, Set.of(EventFlag.DIRECTED), 78));

        assertThat(pod.source().title()).isEqualTo("shop/web-1");
        assertThat(pod.destination().kind()).isEqualTo("service");
        assertThat(pod.service()).isEqualTo("shop/db");
        assertThat(host.source().kind()).isEqualTo("host");
    }
}
