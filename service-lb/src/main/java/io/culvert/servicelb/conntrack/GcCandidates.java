// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.RawFlow;
import java.util.Collection;

/// The entries that one pass through the table found to be idle or stale, by connection.
final class GcCandidates {

    private final StaleFlows.Pass stale;
    private final FlowGroups groups = new FlowGroups();
    private int count;
    private boolean anyStale;

    GcCandidates(StaleFlows.Pass stale) {
        this.stale = stale;
    }

    boolean isStale(RawFlow entry) {
        boolean isStale = stale.test(entry);
        anyStale |= isStale;
        return isStale;
    }

    /// The same of a connection. Nothing is asked where no entry was stale.
    boolean isStale(FlowGroup connection) {
        return anyStale && stale.test(RawFlow.of(connection.any()));
    }

    /// @param raw the same entry
    void add(RawFlow raw, Flow entry) {
        boolean _ = isStale(raw);
        add(entry);
    }

    void add(Flow entry) {
        count++;
        groups.add(entry);
    }

    /// Entries that were added.
    int count() {
        return count;
    }

    Collection<FlowGroup> connections() {
        return groups.all();
    }
}
