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

    /// The first entry is looked at before: a client may have opened the connection again since it was read. Each is
    /// then taken out and looked at in one step. One that saw a packet even in that moment is put back, with those
    /// before it.
    @Override
    public int removeIdle(Collection<Flow> entries) {
        List<Flow> taken = new ArrayList<>(entries.size());
        for (Flow read : entries) {
            if (taken.isEmpty() && isAlive(read, map.get(read.key()))) {
                return 0;
            }
            Optional<Flow> present = map.take(read.key());
            present.ifPresent(taken::add);
            if (isAlive(read, present)) {
                taken.forEach(flow -> map.putIfAbsent(flow.key(), flow));
                return 0;
            }
        }
        taken.forEach(loads::removed);
        return taken.size();
    }

    private static boolean isAlive(Flow read, Optional<Flow> present) {
        return present.isPresent() && present.get().lastSeen() != read.lastSeen();
    }

    @Override
    public void forEach(Predicate<RawFlow> wanted, BiConsumer<FlowKey, Flow> consumer) {
        RawFlow.forEach(map, wanted, consumer);
    }
}
