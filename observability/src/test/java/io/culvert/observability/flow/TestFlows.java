// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import java.util.Set;

/// Flows whose numbers all say the same, so that a mixture of two is seen.
final class TestFlows {

    private static final IpPort CLIENT = new IpPort(IpAddress.of("10.1.0.2"), 40000);
    private static final IpPort SERVER = new IpPort(IpAddress.of("10.1.7.3"), 8080);

    private TestFlows() {}

    static Event flow(long number) {
        return flow(number, CLIENT, SERVER, EventKind.TRACE);
    }

    static Event flow(long number, EventKind kind) {
        return flow(number, CLIENT, SERVER, kind);
    }

    static Event flow(long number, String source, String destination) {
        return flow(
                number, new IpPort(IpAddress.of(source), 1), new IpPort(IpAddress.of(destination), 2), EventKind.TRACE);
    }

    private static Event flow(long number, IpPort source, IpPort destination, EventKind kind) {
        int low = (int) number;
        return new Event(
                number,
                source,
                destination,
                destination,
                kind,
                EventVerdict.FORWARDED,
                low,
                low,
                low,
                low,
                low,
                low,
                Set.of(),
                6,
                0,
                EventHook.FROM_POD,
                2,
                0,
                0,
                new EventDetail(number, number, number, number));
    }

    /// Whether all of it was written at once.
    static boolean isWhole(Event flow) {
        return flow.equals(flow(flow.time()));
    }
}
