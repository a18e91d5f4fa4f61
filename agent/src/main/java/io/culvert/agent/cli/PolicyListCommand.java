// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.PolicyRow;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `culvert policy list`.
@Command(name = "list", description = "List every policy, the pods of this node that it selects, and its status.")
final class PolicyListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            defaultValue = "",
            description = "Only NetworkPolicies of this namespace.")
    private String namespace = "";

    @Override
    public Integer call() {
        List<PolicyRow> rows =
                node.askAgent("policies", agent -> agent.policies().list(namespace, ""));
        output.printer(this).list(PolicyRow.columns(), rows);
        return ExitStatus.DONE;
    }
}
