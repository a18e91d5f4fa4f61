// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.BackendUse;
import io.culvert.agent.view.FrontendRow;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert backend list`.
@Command(name = "list", description = "List every backend once, with the Services that send it connections.")
final class BackendListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        List<FrontendRow> rows = node.askOrRead(this, agent -> agent.frontends("", ""), PinnedFrontends::read);
        output.printer(this).list(BackendUse.columns(), BackendUse.of(rows));
        return ExitStatus.DONE;
    }
}
