// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import io.culvert.agent.view.FrontendRow;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.names.FlowNames;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What the page asks of the agent. Called by many threads at once.
public interface PageSource {

    /// Flows and what names them.
    ///
    /// @param ringLost events that found no room in the ring, since that was made
    record Live(FlowStore store, FlowNames names, WallClock clock, LongSupplier ringLost) {}

    /// Name of this node's Node object.
    String nodeName();

    /// Empty while no flows are kept.
    Optional<Live> live();

    /// Every Service with its backends.
    List<FrontendRow> services();
}
