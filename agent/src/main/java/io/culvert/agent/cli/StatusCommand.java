// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.view.MapRow;
import io.culvert.agent.view.StatusText;
import io.culvert.agent.view.StatusView;
import io.culvert.maps.MapCatalogue;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert status`.
@Command(
        name = "status",
        description = {
            "Show how the agent of this node is doing, and every problem that it knows of.",
            "The exit status is 1 if it is not ready, or if no agent runs but the datapath does."
        })
final class StatusCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        Optional<StatusView> status = node.ask(agent -> agent.status());
        return status.map(this::show).orElseGet(this::showPins);
    }

    private Integer show(StatusView status) {
        if (output.structured()) {
            output.printer(this).document(status);
        } else {
            StatusText.print(status, Instant.now(), out());
        }
        return status.ready() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private Integer showPins() {
        List<MapRow> maps =
                node.read(MapCatalogue::list).stream().map(MapRow::of).toList();
        note("no agent at " + ControlSocket.in(node.runDir()) + "; the maps pinned in " + node.bpffs()
                + " keep serving what was last programmed");
        output.printer(this).list(MapRow.columns(), maps);
        return ExitStatus.FAILED;
    }
}
