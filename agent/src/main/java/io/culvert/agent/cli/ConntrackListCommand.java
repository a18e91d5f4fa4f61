// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.ConnectionRow;
import io.culvert.servicelb.conntrack.FlowFilter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert conntrack list`.
@Command(name = "list", description = "List connections.")
final class ConntrackListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    private final FlowFilterOptions which = new FlowFilterOptions();

    @Override
    public Integer call() {
        output.printer(this).list(ConnectionRow.columns(), connections(this, node, which));
        return ExitStatus.DONE;
    }

    /// Of the agent, or of the pinned maps.
    static List<ConnectionRow> connections(Verb verb, NodeOptions node, FlowFilterOptions which) {
        FlowFilter filter = which.filter(verb);
        return node.askOrRead(
                verb,
                agent -> agent.connections(filter),
                maps -> PinnedConnections.of(maps, filter).list(filter).stream()
                        .map(ConnectionRow::of)
                        .toList());
    }
}
