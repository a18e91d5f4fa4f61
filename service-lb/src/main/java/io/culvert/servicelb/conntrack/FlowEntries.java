// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The map `flows`. The datapath adds, changes and removes entries at any time.
public interface FlowEntries {

    Optional<Flow> get(FlowKey key);

    /// Removes an entry; false if there was none.
    boolean remove(FlowKey key);

    /// Removes an entry as it was just read, and what else is known of it; false if there was none.
    default boolean remove(Flow flow) {
        return remove(flow.key());
    }

    /// Shows every entry that stays during the pass once, and others perhaps. The consumer leaves the map alone.
    void forEach(BiConsumer<FlowKey, Flow> consumer);
}
