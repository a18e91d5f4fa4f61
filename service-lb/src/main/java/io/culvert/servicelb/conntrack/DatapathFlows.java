// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.BpfHashMap;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The kernel's flow table.
public record DatapathFlows(BpfHashMap<FlowKey, Flow> map) implements FlowEntries {

    @Override
    public Optional<Flow> get(FlowKey key) {
        return map.get(key);
    }

    @Override
    public boolean remove(FlowKey key) {
        return map.remove(key);
    }

    @Override
    public void forEach(BiConsumer<FlowKey, Flow> consumer) {
        map.forEach(consumer);
    }
}
