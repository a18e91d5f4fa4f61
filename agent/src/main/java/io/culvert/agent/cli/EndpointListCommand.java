// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.EndpointRow;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert endpoint list`.
@Command(name = "list", description = "List the pods of this node that policies apply to.")
final class EndpointListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        List<EndpointRow> rows = node.askOrRead(this, agent -> agent.policies().endpoints(), PinnedPolicies::endpoints);
        output.printer(this).list(EndpointRow.columns(), rows);
        return ExitStatus.DONE;
    }
}
