// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.lifecycle.RunDirectory;
import io.culvert.agent.lifecycle.StateDirectory;
import io.culvert.maps.datapath.Datapath;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `culvert cleanup`.
@Command(
        name = "cleanup",
        description = "Detach all programs of a node and remove its maps. Traffic to Services stops being translated.")
final class CleanupCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = "${env:CULVERT_STATE_DIR}",
            description = "The agent's state directory (default /var/lib/culvert, or another --run-dir).")
    private @Nullable Path stateDir;

    @Override
    public Integer call() {
        // Holding the lock keeps an agent from starting in between.
        try (RunDirectory runDir = RunDirectory.lock(node.runDir())) {
            Path bpffs = node.bpffs();
            boolean there = Files.exists(bpffs);
            Datapath.remove(bpffs);
            StateDirectory.of(stateDir, node.runDir()).clear();
            runDir.clear();
            out().println(there ? "removed the datapath of " + bpffs : "nothing is pinned in " + bpffs);
            out().flush();
            return ExitStatus.DONE;
        }
    }
}
