// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.FrontendRow;
import io.culvert.agent.view.StatusView;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `culvert service get`.
@Command(name = "get", description = "Show the frontends of one Service.")
final class ServiceGetCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(
            paramLabel = "SERVICE",
            description = "namespace/name, a name in namespace default, or a frontend's address:port.")
    private String wanted = "";

    @Override
    public Integer call() {
        List<FrontendRow> rows = node.askOrRead(this, agent -> agent.frontends("", ""), PinnedFrontends::read).stream()
                .filter(this::matches)
                .toList();
        List<StatusView.Trouble> troubles = troubles(rows);
        if (rows.isEmpty() && !troubles.isEmpty()) {
            throw new CommandFailure("get service " + wanted + ": nothing of it is served: "
                    + troubles.stream().map(StatusView.Trouble::toString).collect(Collectors.joining("; ")));
        }
        if (rows.isEmpty()) {
            throw new CommandFailure(
                    "get service " + wanted + ": the kernel has no such frontend; culvert service list shows all");
        }
        output.printer(this).list(FrontendRow.columns(), rows);
        troubles.forEach(trouble -> note(trouble.toString()));
        return ExitStatus.DONE;
    }

    /// What the agent says is wrong with the Services that were asked for.
    private List<StatusView.Trouble> troubles(List<FrontendRow> rows) {
        Set<String> subjects = new HashSet<>();
        rows.forEach(row -> subjects.add("Service " + row.namespace() + "/" + row.name()));
        subjects.add("Service " + (wanted.contains("/") ? wanted : "default/" + wanted));
        return node.ask(agent -> agent.status().problems()).orElse(List.of()).stream()
                .filter(trouble -> subjects.contains(trouble.subject()))
                .toList();
    }

    private boolean matches(FrontendRow row) {
        String name = wanted.contains("/") ? wanted : "default/" + wanted;
        String address = row.frontend().toString();
        return name.equals(row.namespace() + "/" + row.name())
                || wanted.equals(row.service())
                || wanted.equals(address)
                || wanted.equals(address.substring(0, address.indexOf('/')))
                || wanted.equals(row.frontend().address());
    }
}
