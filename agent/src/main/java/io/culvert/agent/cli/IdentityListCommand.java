// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.IdentityRow;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert identity list`.
@Command(name = "list", description = "List the identities of the cluster's pods, and how many addresses have each.")
final class IdentityListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        List<IdentityRow> rows =
                node.askOrRead(this, agent -> agent.policies().identities(), PinnedPolicies::identities);
        output.printer(this).list(IdentityRow.columns(), rows);
        return ExitStatus.DONE;
    }
}
