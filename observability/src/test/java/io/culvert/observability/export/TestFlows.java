// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import java.util.Set;

/// What exporters are given.
final class TestFlows {

    private TestFlows() {}

    static Event flow(EventKind kind, EventVerdict verdict, String source) {
        IpPort client = new IpPort(IpAddress.of(source), 4000);
        return new Event(
                System.nanoTime(),
                client,
                client,
                client,
                kind,
                verdict,
                1,
                0,
                0,
                0,
                0,
                60,
                Set.of(),
                6,
                0,
                EventHook.FROM_POD,
                2,
                0,
                0,
                new EventDetail(9, 0, 0, 0));
    }
}
