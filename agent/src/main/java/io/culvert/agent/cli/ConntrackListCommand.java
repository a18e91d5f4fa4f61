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
        FlowFilter filter = which.filter(this);
        List<ConnectionRow> rows = node.askOrRead(
                this,
                agent -> agent.connections(filter),
                maps -> PinnedConnections.of(maps).list(filter).stream()
                        .map(ConnectionRow::of)
                        .toList());
        output.printer(this).list(ConnectionRow.columns(), rows);
        return ExitStatus.DONE;
    }
}
