// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.BackendLoads;
import io.culvert.maps.BpfHashMap;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.RawFlow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

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

    /// Each entry is taken out and looked at in one step. One that has seen a packet since it was read is put back with
    /// those before it; who comes in between finds none, as a moment before it was seen.
    @Override
    public int removeIdle(Collection<Flow> entries) {
        List<Flow> taken = new ArrayList<>(entries.size());
        for (Flow read : entries) {
            Optional<Flow> present = map.take(read.key());
            present.ifPresent(taken::add);
            if (present.isPresent() && present.get().lastSeen() != read.lastSeen()) {
                taken.forEach(flow -> map.putIfAbsent(flow.key(), flow));
                return 0;
            }
        }
        taken.forEach(loads::removed);
        return taken.size();
    }

    @Override
    public void forEach(Predicate<RawFlow> wanted, BiConsumer<FlowKey, Flow> consumer) {
        RawFlow.forEach(map, wanted, consumer);
    }
}
