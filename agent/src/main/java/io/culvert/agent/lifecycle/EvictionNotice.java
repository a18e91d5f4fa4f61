// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says that connections are evicted: once when that begins, and again after a time without.
final class EvictionNotice {

    private static final Logger LOG = LoggerFactory.getLogger(EvictionNotice.class);
    private static final long UNKNOWN = -1;

    private final String nodeName;
    private final EventSink events;
    private long last = UNKNOWN;
    private boolean going;

    EvictionNotice(String nodeName, EventSink events) {
        this.nodeName = nodeName;
        this.events = events;
    }

    /// @param evicted connections evicted since the map was made; what was before the first call is not news
    void seen(long evicted) {
        long more = last == UNKNOWN ? 0 : evicted - last;
        last = evicted;
        if (more > 0 && !going) {
            String message =
                    "%d connections that were not established were evicted: the flow table is full, or all source ports of a backend are taken; look for a flood of SYNs, or raise map-flows"
                            .formatted(more);
            LOG.warn("{}", message);
            events.post(ObjectKind.NODE, new ObjectName("", nodeName), "ConnectionsEvicted", message);
        }
        going = more > 0;
    }
}
