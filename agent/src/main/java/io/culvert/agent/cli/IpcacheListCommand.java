// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.IpcacheRow;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert ipcache list`.
@Command(name = "list", description = "List the addresses of all pods with their identities.")
final class IpcacheListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        List<IpcacheRow> rows = node.askOrRead(this, agent -> agent.policies().ipcache(""), PinnedPolicies::ipcache);
        output.printer(this).list(IpcacheRow.columns(), rows);
        return ExitStatus.DONE;
    }
}
