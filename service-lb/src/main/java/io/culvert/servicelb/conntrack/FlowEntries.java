// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.RawFlow;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// The map `flows`. The datapath adds, changes and removes entries at any time.
public interface FlowEntries {

    Optional<Flow> get(FlowKey key);

    /// Removes an entry; false if there was none.
    boolean remove(FlowKey key);

    /// Removes an entry as it was just read, and what else is known of it; false if there was none.
    default boolean remove(Flow flow) {
        return remove(flow.key());
    }

    /// Removes the entries of a connection as they were read, and what else is known of it, unless one of them has seen
    /// a packet since: then all stay.
    ///
    /// @return how many were there and are not any more
    int removeIdle(Collection<Flow> entries);

    /// Shows every entry that stays during the pass once, and others perhaps. The consumer leaves the map alone.
    default void forEach(BiConsumer<FlowKey, Flow> consumer) {
        forEach(_ -> true, consumer);
    }

    /// The same of those that are wanted, of which nothing is built before.
    void forEach(Predicate<RawFlow> wanted, BiConsumer<FlowKey, Flow> consumer);
}
