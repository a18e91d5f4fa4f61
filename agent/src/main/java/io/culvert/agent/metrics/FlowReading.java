// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import io.culvert.maps.event.EventKind;
import io.culvert.observability.count.FlowCounts;
import io.culvert.observability.names.ServiceName;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/// What there is to say of flows.
///
/// @param services names of this moment, by index
/// @param lost events that found no room in the ring, since that was made
/// @param missed flows that were overwritten before some observer looked at them
/// @param kept flows in the store
/// @param capacity flows that it keeps
/// @param bytes that it takes outside of the heap
/// @param file lines of files
/// @param collector flows for a collector of OpenTelemetry
public record FlowReading(
        FlowCounts counts,
        IntFunction<Optional<ServiceName>> services,
        Map<EventKind, Long> lost,
        long missed,
        long kept,
        long capacity,
        long bytes,
        Exported file,
        Exported collector) {

    /// @param done what got there
    /// @param lost flows that were to get there and did not
    public record Exported(long done, long lost) {

        public static final Exported NOTHING = new Exported(0, 0);
    }

    /// Nothing is told.
    public static final FlowReading NOTHING = new FlowReading(
            new FlowCounts(), _ -> Optional.empty(), Map.of(), 0, 0, 0, 0, Exported.NOTHING, Exported.NOTHING);

    public FlowReading {
        lost = Map.copyOf(lost);
    }
}
