// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.maps.MapCatalogue;
import io.culvert.servicelb.conntrack.ConntrackTable;
import io.culvert.servicelb.conntrack.DatapathFlows;
import io.culvert.servicelb.conntrack.FlowFilter;
import io.culvert.servicelb.conntrack.FlowLifetimes;
import java.util.Optional;

/// The flow table without an agent: no names, and the timeouts that programs are built with.
final class PinnedConnections {

    private PinnedConnections() {}

    /// @throws CommandFailure if the filter asks for names
    static ConntrackTable of(MapCatalogue maps, FlowFilter filter) {
        FlowFilterOptions.requireNoNames(filter.hasNames());
        return new ConntrackTable(DatapathFlows.of(maps), FlowLifetimes.DEFAULT, _ -> Optional.empty());
    }
}
