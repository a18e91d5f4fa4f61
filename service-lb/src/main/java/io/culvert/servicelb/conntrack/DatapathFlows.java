// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.BackendLoads;
import io.culvert.maps.BpfHashMap;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.MapCatalogue;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The kernel's flow table.
///
/// @param loads from which connections are taken that are removed here
public record DatapathFlows(BpfHashMap<FlowKey, Flow> map, BackendLoads loads) implements FlowEntries {

    public static DatapathFlows of(MapCatalogue maps) {
        return new DatapathFlows(
                maps.flows(), new BackendLoads(() -> maps.backendLoads().memory()));
    }

    @Override
    public Optional<Flow> get(FlowKey key) {
        return map.get(key);
    }

    @Override
    public boolean remove(FlowKey key) {
        return map.remove(key);
    }

    @Override
    public boolean remove(Flow flow) {
        boolean removed = remove(flow.key());
        if (removed) {
            loads.removed(flow);
        }
        return removed;
    }

    @Override
    public void forEach(BiConsumer<FlowKey, Flow> consumer) {
        map.forEach(consumer);
    }
}
