// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.lifecycle.RunDirectory;
import io.culvert.maps.datapath.Datapath;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `culvert cleanup`.
@Command(
        name = "cleanup",
        description = "Detach all programs of a node and remove its maps. Traffic to Services stops being translated.")
final class CleanupCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Override
    public Integer call() {
        // Holding the lock keeps an agent from starting in between.
        try (RunDirectory runDir = RunDirectory.lock(node.runDir())) {
            Path bpffs = node.bpffs();
            boolean there = Files.exists(bpffs);
            Datapath.remove(bpffs);
            runDir.clear();
            out().println(there ? "removed the datapath of " + bpffs : "nothing is pinned in " + bpffs);
            out().flush();
            return ExitStatus.DONE;
        }
    }
}
