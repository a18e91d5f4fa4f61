// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.MapRow;
import io.culvert.maps.MapCatalogue;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert map list`.
@Command(name = "list", description = "List every map with its size and how full it is.")
final class MapListCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        List<MapRow> rows =
                node.read(MapCatalogue::list).stream().map(MapRow::of).toList();
        output.printer(this).list(MapRow.columns(), rows);
        return ExitStatus.DONE;
    }
}
