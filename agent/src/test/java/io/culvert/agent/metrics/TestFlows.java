// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.maps.DropReason;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventMemory;
import io.culvert.maps.event.EventVerdict;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import io.culvert.observability.count.FlowCounts;
import io.culvert.observability.names.ServiceName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Flows of a connection to `shop/web`, of one that a policy refuses, and of a ping.
final class TestFlows {

    static final int WEB = 3;

    private TestFlows() {}

    static FlowReading reading() {
        FlowCounts counts = new FlowCounts();
        Set<EventFlag> request = Set.of(EventFlag.DIRECTED, EventFlag.SERVICE);
        add(
                counts,
                List.of(
                        event(EventKind.TRACE, EventVerdict.FORWARDED, EventHook.FROM_POD, request, 6, 2, 0),
                        event(EventKind.SOCKET, EventVerdict.TRANSLATED, EventHook.SOCKET, request, 6, 0, 0),
                        event(EventKind.CLOSE, EventVerdict.FORWARDED, EventHook.FROM_POD, request, 6, 17, 0),
                        event(
                                EventKind.VERDICT,
                                EventVerdict.DROPPED,
                                EventHook.TO_POD,
                                Set.of(),
                                6,
                                2,
                                DropReason.POLICY_DENIED.number()),
                        event(
                                EventKind.DROP,
                                EventVerdict.DROPPED,
                                EventHook.FROM_POD,
                                request,
                                17,
                                0,
                                DropReason.NO_LOCAL_BACKEND.number()),
                        event(EventKind.TRACE, EventVerdict.FORWARDED, EventHook.TO_POD, Set.of(), 1, 0, 0)));
        return new FlowReading(
                counts,
                index -> index == WEB ? Optional.of(new ServiceName("shop", "web")) : Optional.empty(),
                Map.of(EventKind.DROP, 11L, EventKind.TRACE, 1L),
                5,
                6,
                1000,
                4096,
                new FlowReading.Exported(9, 10),
                new FlowReading.Exported(7, 8));
    }

    static void add(FlowCounts counts, List<Event> events) {
        try (var memory = new EventMemory(1)) {
            RawEvent raw = new RawEvent();
            for (Event event : events) {
                memory.set(0, event);
                memory.get(0, raw);
                counts.add(raw);
            }
        }
    }

    static Event event(
            EventKind kind,
            EventVerdict verdict,
            EventHook hook,
            Set<EventFlag> flags,
            int protocol,
            int tcpFlags,
            int reason) {
        IpPort client = new IpPort(IpAddress.of("10.1.0.2"), 40000);
        IpPort server = new IpPort(IpAddress.of("10.96.0.10"), 80);
        EventDetail detail = kind == EventKind.CLOSE ? new EventDetail(700, 9000, 0, 0) : EventDetail.NONE;
        return new Event(
                1, client, server, server, kind, verdict, 1, WEB, 0, 0, 0, 60, flags, protocol, reason, hook, tcpFlags,
                8, 0, detail);
    }
}
