// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.servicelb.desired.ConnectionRules;
import io.culvert.servicelb.desired.EndpointSets;
import java.util.ArrayList;
import java.util.List;

/// Replaces the extent of one service index: publishes the ids of new backends, then the extent that names them,
/// then withdraws the ids of those that are named no more. All or nothing: when a step fails, the extent before
/// still serves and no id is lost.
final class PortPublisher {

    private final ServiceTables tables;
    private final WriteCounters counters;
    private final ZoneNumbers zones = new ZoneNumbers();

    PortPublisher(ServiceTables tables, WriteCounters counters) {
        this.tables = tables;
        this.counters = counters;
    }

    /// @param keepAll take no backend away, because what is desired may be incomplete
    void publish(ProgrammedPort port, EndpointSets desired, ConnectionRules rules, boolean keepAll) {
        ExtentDraft draft = ExtentDraft.of(port.index(), port.extent(), desired, rules, keepAll, zones);
        if (!draft.differsFrom(port.extent())) {
            return;
        }
        List<Integer> fresh = new ArrayList<>();
        Extent extent;
        try {
            extent = draft.withIds(() -> {
                int id = tables.publishBackend();
                fresh.add(id);
                return id;
            });
            tables.publish(extent);
        } catch (TableWriteException e) {
            fresh.forEach(tables::withdrawBackend);
            throw e;
        }
        port.published(extent);
        counters.extentsPublished++;
        counters.backendsPublished += fresh.size();
        withdraw(draft.dropped());
    }

    /// Withdraws the ids of a port that no frontend leads to. UDP flows look for another Service at once; TCP flows
    /// go on.
    void withdrawBackends(ProgrammedPort port) {
        Extent extent = port.extent();
        if (extent != null) {
            withdraw(extent.backends());
        }
    }

    private void withdraw(List<Backend> backends) {
        for (Backend backend : backends) {
            if (backend.id() != 0) {
                tables.withdrawBackend(backend.id());
                counters.backendsWithdrawn++;
            }
        }
    }
}
