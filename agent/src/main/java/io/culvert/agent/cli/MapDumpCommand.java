// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.Column;
import io.culvert.maps.MapEntry;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `culvert map dump`.
@Command(name = "dump", description = "Print the entries of one map.")
final class MapDumpCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "MAP", description = "A name that culvert map list shows.")
    private String map = "";

    @Override
    public Integer call() {
        List<MapEntry> entries = node.read(maps -> maps.dump(map).orElseThrow(() -> {
            String names = maps.list().stream().map(summary -> summary.name()).collect(Collectors.joining(", "));
            return new CommandFailure("dump map " + map + ": there is no such map; there are " + names);
        }));
        output.printer(this)
                .list(List.of(Column.of("Key", MapEntry::key), Column.of("Value", MapEntry::value)), entries);
        return ExitStatus.DONE;
    }
}
