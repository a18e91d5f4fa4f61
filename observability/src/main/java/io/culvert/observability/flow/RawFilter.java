// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Set;

/// Whether an observer wants a flow, by its numbers: nothing is built for one that nobody wants. It keeps none of what
/// it is shown.
@FunctionalInterface
public interface RawFilter {

    /// Every flow.
    RawFilter ALL = _ -> true;

    boolean test(RawEvent flow);

    /// Flows that both want.
    default RawFilter and(RawFilter other) {
        if (isEverything(this) || isEverything(other)) {
            return isEverything(this) ? other : this;
        }
        return flow -> test(flow) && other.test(flow);
    }

    @SuppressWarnings("ReferenceEquality") // there is one
    private static boolean isEverything(RawFilter filter) {
        return filter == ALL;
    }

    /// Flows that this one does not want.
    default RawFilter negate() {
        return flow -> !test(flow);
    }

    /// Flows that one of these wants; of an empty list none.
    static RawFilter any(List<RawFilter> filters) {
        if (filters.size() == 1) {
            return filters.getFirst();
        }
        RawFilter[] all = filters.toArray(RawFilter[]::new);
        return flow -> {
            for (RawFilter filter : all) {
                if (filter.test(flow)) {
                    return true;
                }
            }
            return false;
        };
    }

    /// Flows of these kinds.
    static RawFilter kinds(Set<EventKind> kinds) {
        int bits = kinds.stream().mapToInt(kind -> 1 << kind.number()).reduce(0, (a, b) -> a | b);
        return flow -> (bits >>> flow.kind() & 1) != 0;
    }

    /// Flows whose source is in a block.
    static RawFilter source(IpPrefix block) {
        AddressMatch match = AddressMatch.of(block);
        return flow -> match.test(flow.sourceHigh(), flow.sourceLow());
    }

    /// Flows whose destination is in a block.
    static RawFilter destination(IpPrefix block) {
        AddressMatch match = AddressMatch.of(block);
        return flow -> match.test(flow.destinationHigh(), flow.destinationLow());
    }
}
