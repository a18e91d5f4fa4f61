// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Frontends to be written together: in one batch where that succeeds, and else one by one, so that each failure is
/// noted in the Service that it belongs to and the others are written all the same.
final class FrontendBatch {

    private record Put(Frontend frontend, ProgrammedPort port, ServiceEntry entry) {}

    private final ServiceTables tables;
    private final KernelState kernel;
    private final WriteCounters counters;
    private final Map<FrontendKey, Put> puts = new LinkedHashMap<>();
    private final Map<FrontendKey, @Nullable ServiceEntry> removals = new LinkedHashMap<>();
    private final Set<FrontendKey> awaited = new HashSet<>();

    FrontendBatch(ServiceTables tables, KernelState kernel, WriteCounters counters) {
        this.tables = tables;
        this.kernel = kernel;
        this.counters = counters;
    }

    /// Announces a frontend whose extent is about to be published. Until it is written, the one before must stay.
    void await(FrontendKey key) {
        awaited.add(key);
    }

    /// Notes that an announced frontend is there already.
    void confirm(FrontendKey key) {
        awaited.remove(key);
    }

    void put(FrontendKey key, Frontend frontend, ProgrammedPort port, ServiceEntry entry) {
        puts.put(key, new Put(frontend, port, entry));
    }

    /// @param entry the Service that asks for it; null for what an earlier agent left
    void remove(FrontendKey key, @Nullable ServiceEntry entry) {
        removals.put(key, entry);
    }

    /// Whether this frontend was announced and is not written, so that the one before still serves.
    boolean awaits(FrontendKey key) {
        return awaited.contains(key);
    }

    /// Writes what was put; what fails stays awaited.
    void writePuts() {
        if (puts.isEmpty()) {
            return;
        }
        Map<FrontendKey, Frontend> all = LinkedHashMap.newLinkedHashMap(puts.size());
        puts.forEach((key, put) -> all.put(key, put.frontend));
        try {
            tables.putFrontends(all);
            puts.forEach(this::written);
        } catch (TableWriteException e) {
            puts.forEach(this::writeOne);
        }
        puts.clear();
    }

    private void writeOne(FrontendKey key, Put put) {
        try {
            tables.putFrontends(Map.of(key, put.frontend));
            written(key, put);
        } catch (TableWriteException e) {
            // The batch may have come as far as this one before it failed.
            if (tables.frontend(key).equals(Optional.of(put.frontend))) {
                written(key, put);
            } else {
                failed(put.entry, put.port, e);
            }
        }
    }

    private void written(FrontendKey key, Put put) {
        kernel.put(key, put.frontend, put.port);
        awaited.remove(key);
        counters.frontendsPut++;
    }

    /// Removes what was asked for; what fails stays with its port.
    void writeRemovals() {
        if (removals.isEmpty()) {
            return;
        }
        try {
            tables.removeFrontends(Set.copyOf(removals.keySet()));
            removals.keySet().forEach(this::removed);
        } catch (TableWriteException e) {
            removals.forEach(this::removeOne);
        }
        removals.clear();
    }

    private void removeOne(FrontendKey key, @Nullable ServiceEntry entry) {
        try {
            tables.removeFrontends(List.of(key));
            removed(key);
        } catch (TableWriteException e) {
            if (tables.frontend(key).isEmpty()) {
                removed(key);
            } else {
                failed(entry, kernel.owner(key).orElse(null), e);
            }
        }
    }

    private void removed(FrontendKey key) {
        kernel.removed(key);
        counters.frontendsRemoved++;
    }

    private void failed(@Nullable ServiceEntry entry, @Nullable ProgrammedPort port, TableWriteException cause) {
        counters.writesFailed++;
        if (entry != null && port != null && port.name() != null) {
            entry.failed(cause, port.name().family());
        }
    }
}
