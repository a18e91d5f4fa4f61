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

    /// Looks at an entry, and remembers whether any was stale.
    ///
    /// @return whether this one is
    boolean notes(RawFlow entry) {
        boolean isStale = stale.test(entry);
        anyStale |= isStale;
        return isStale;
    }

    /// Whether a connection is stale. Nothing is asked where no entry was.
    boolean isStale(FlowGroup connection) {
        return anyStale && stale.test(RawFlow.of(connection.any()));
    }

    /// @param raw the same entry
    void add(RawFlow raw, Flow entry) {
        boolean _ = notes(raw);
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
