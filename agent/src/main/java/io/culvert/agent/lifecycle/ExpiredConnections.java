// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.conntrack.ConnectionEnds;
import io.culvert.servicelb.conntrack.EndedConnection;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Connections whose end no program told of, as flows, while flows are kept: most of UDP's.
final class ExpiredConnections implements ConnectionEnds {

    private final Predicate<IpAddress> pods;
    private volatile @Nullable Consumer<Event> sink;

    /// @param pods whether an address is that of a pod of this node
    ExpiredConnections(Predicate<IpAddress> pods) {
        this.pods = pods;
    }

    /// Where they are told from now on.
    void to(Consumer<Event> other) {
        sink = other;
    }

    @Override
    public void tell(EndedConnection ended) {
        Consumer<Event> present = sink;
        if (present != null) {
            present.accept(event(ended, System.nanoTime()));
        }
    }

    @Override
    public boolean areHeard() {
        return sink != null;
    }

    /// As of the last thing that the client sent, told when it is noticed.
    private Event event(EndedConnection ended, long now) {
        Flow flow = ended.flow();
        boolean host = flow.has(FlowFlag.HOST);
        Set<EventFlag> flags = EnumSet.of(EventFlag.DIRECTED, EventFlag.ADDRESSED, EventFlag.SERVICE);
        if (host) {
            flags.add(EventFlag.HOST);
        }
        return new Event(
                now,
                flow.client(),
                flow.service(),
                flow.backend(),
                EventKind.CLOSE,
                EventVerdict.FORWARDED,
                0,
                flow.serviceIndex(),
                0,
                0,
                0,
                0,
                flags,
                flow.protocol().number(),
                0,
                host || pods.test(flow.client().address()) ? EventHook.FROM_POD : EventHook.FROM_NETWORK,
                0,
                0,
                0,
                new EventDetail(
                        ended.clientBytes(),
                        ended.backendBytes(),
                        (ended.backendPackets() << Integer.SIZE) | (ended.clientPackets() & 0xffffffffL),
                        ended.nanos()));
    }
}
