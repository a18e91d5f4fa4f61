// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.control.NodeView;
import io.culvert.agent.view.AffinityRow;
import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.affinity.AffinityTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `culvert affinity list`.
@Command(name = "list", description = "List where the next connection of each client goes.")
final class AffinityListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(names = "--service", paramLabel = "SERVICE", description = "Only of namespace/name.")
    private @Nullable String service;

    @Option(names = "--client", paramLabel = "ADDRESS", description = "Only of this client.")
    private @Nullable String client;

    @Override
    public Integer call() {
        Optional<ObjectName> name = Optional.ofNullable(service).map(FlowFilterOptions::objectName);
        Optional<IpAddress> address =
                Optional.ofNullable(client).map(text -> FlowFilterOptions.address(this, "--client", text));
        List<AffinityRow> rows = node
                .askOrRead(this, NodeView::affinity, maps -> {
                    FlowFilterOptions.requireNoNames(name.isPresent());
                    return AffinityTable.of(maps).list(Map.of()).stream()
                            .map(AffinityRow::of)
                            .toList();
                })
                .stream()
                .filter(row -> name.stream().allMatch(wanted -> row.isOf(wanted.toString())))
                .filter(row -> address.stream().allMatch(wanted -> row.client().equals(wanted.toString())))
                .toList();
        if (rows.isEmpty()) {
            name.ifPresent(this::requireKnown);
        }
        output.printer(this).list(AffinityRow.columns(), rows);
        return ExitStatus.DONE;
    }

    private void requireKnown(ObjectName name) {
        if (node.ask(agent -> agent.frontends(name.namespace(), name.name()))
                .orElse(List.of())
                .isEmpty()) {
            throw new CommandFailure(
                    "find Service " + name + ": nothing of it is served here; culvert service list shows all");
        }
    }
}
