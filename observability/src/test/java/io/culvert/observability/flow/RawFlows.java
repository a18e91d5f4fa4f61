// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventMemory;
import io.culvert.maps.event.RawEvent;

/// Shows flows as the ring does.
final class RawFlows implements AutoCloseable {

    private final EventMemory memory = new EventMemory(1);
    private final RawEvent flow = new RawEvent();

    /// Until the next call.
    RawEvent of(Event event) {
        memory.set(0, event);
        memory.get(0, flow);
        return flow;
    }

    @Override
    public void close() {
        memory.close();
    }
}
