// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.IpcacheRow;
import io.culvert.net.IpAddress;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `culvert ipcache get`.
@Command(name = "get", description = "Show the identity of one address.")
final class IpcacheGetCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "ADDRESS", description = "Of a pod.")
    private String wanted = "";

    @Override
    public Integer call() {
        IpAddress address = FlowFilterOptions.address(this, "ADDRESS", wanted);
        List<IpcacheRow> rows = node
                .askOrRead(this, agent -> agent.policies().ipcache(address.toString()), PinnedPolicies::ipcache)
                .stream()
                .filter(row -> row.address().equals(address.toString()))
                .toList();
        if (rows.isEmpty()) {
            throw new CommandFailure("get identity of " + address
                    + ": no pod that policies know has this address; culvert ipcache list shows all");
        }
        output.printer(this).list(IpcacheRow.columns(), rows);
        return ExitStatus.DONE;
    }
}
