// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.PolicyRow;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `culvert policy get`.
@Command(name = "get", description = "Show one policy with its rules, what they decided about, and warnings.")
final class PolicyGetCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(
            paramLabel = "POLICY",
            description = "namespace/name of a NetworkPolicy, or the name of a ClusterNetworkPolicy.")
    private String wanted = "";

    @Override
    public Integer call() {
        int slash = wanted.indexOf('/');
        String namespace = slash < 0 ? "" : wanted.substring(0, slash);
        String name = wanted.substring(slash + 1);
        List<PolicyRow> rows = node
                .askAgent("policies", agent -> agent.policies().list(namespace, name))
                .stream()
                .filter(row -> row.namespace().equals(namespace))
                .toList();
        if (rows.isEmpty()) {
            throw new CommandFailure("get policy " + wanted + ": there is no "
                    + (slash < 0 ? "ClusterNetworkPolicy" : "NetworkPolicy")
                    + " of this name; culvert policy list shows all");
        }
        if (output.structured()) {
            output.printer(this).list(PolicyRow.columns(), rows);
        } else {
            rows.forEach(this::show);
        }
        return ExitStatus.DONE;
    }

    private void show(PolicyRow row) {
        out().println(row.kind() + " " + wanted + (row.tier().isEmpty() ? "" : ", " + row.place()));
        out().println("selects " + row.subject() + ": " + row.pods() + " on this node");
        out().println(row.status() + (row.generation() == 0 ? "" : ", generation " + row.generation()));
        if (row.rules().isEmpty()) {
            out().println("no rules");
        } else {
            out().println();
            output.printer(this).list(PolicyRow.ruleColumns(), row.rules());
        }
        out().flush();
        row.warnings().forEach(warning -> note("warning: " + warning));
    }
}
