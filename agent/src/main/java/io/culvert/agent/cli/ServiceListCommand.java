// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.FrontendRow;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `culvert service list`.
@Command(name = "list", description = "List every frontend and the backends that new connections can be given.")
final class ServiceListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            defaultValue = "",
            description = "Only Services of this namespace.")
    private String namespace = "";

    @Override
    public Integer call() {
        List<FrontendRow> rows = node.askOrRead(this, agent -> agent.frontends(namespace, ""), PinnedFrontends::read);
        output.printer(this).list(FrontendRow.columns(), rows);
        return ExitStatus.DONE;
    }
}
