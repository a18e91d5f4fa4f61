// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.NatRow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert nat list`.
@Command(
        name = "list",
        description = {
            "List masqueraded connections: client, Service, what the backend sees, backend.",
            "Also those whose port had to be another, and of pods that reach themselves."
        })
final class NatListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    private final FlowFilterOptions which = new FlowFilterOptions();

    @Override
    public Integer call() {
        output.printer(this).list(NatRow.columns(), NatRow.of(ConntrackListCommand.connections(this, node, which)));
        return ExitStatus.DONE;
    }
}
