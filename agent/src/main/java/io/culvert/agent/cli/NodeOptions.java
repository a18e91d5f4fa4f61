// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.control.ControlClient;
import io.culvert.agent.control.ControlException;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.control.NodeView;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.datapath.DatapathPins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/// Which node a verb is about, where several share a kernel.
final class NodeOptions {

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            defaultValue = "${env:CULVERT_RUN_DIR:-/run/culvert}",
            description = "The agent's run directory (default ${DEFAULT-VALUE}).")
    private Path runDir = Path.of("/run/culvert");

    @Option(
            names = "--bpffs",
            paramLabel = "DIR",
            defaultValue = "${env:CULVERT_BPFFS:-/sys/fs/bpf/culvert}",
            description = "Where its maps are pinned (default ${DEFAULT-VALUE}).")
    private Path bpffs = Path.of("/sys/fs/bpf/culvert");

    Path runDir() {
        return runDir;
    }

    Path bpffs() {
        return bpffs;
    }

    /// Asks the agent; empty if none is running.
    <T> Optional<T> ask(Function<NodeView, T> question) {
        Path socket = ControlSocket.in(runDir);
        if (!Files.exists(socket)) {
            return Optional.empty();
        }
        try (ControlClient client = ControlClient.open(socket)) {
            return Optional.of(question.apply(client));
        } catch (ControlException e) {
            if (e.nobodyThere()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// Asks the agent what only it knows.
    ///
    /// @param what for the message
    /// @throws CommandFailure with [ExitStatus#NOTHING_THERE] if none is running
    <T> T askAgent(String what, Function<NodeView, T> question) {
        return ask(question)
                .orElseThrow(() -> new CommandFailure(
                        ExitStatus.NOTHING_THERE,
                        "ask for " + what + ": no agent at " + ControlSocket.in(runDir)
                                + ", and the kernel's maps have no names; start culvert agent, or name the --run-dir"
                                + " of one that runs"));
    }

    /// Reads the pinned maps.
    ///
    /// @throws CommandFailure with [ExitStatus#NOTHING_THERE] if nothing is pinned
    <T> T read(Function<MapCatalogue, T> reader) {
        try (MapCatalogue maps = DatapathPins.open(bpffs).orElseThrow(this::nothingThere)) {
            return reader.apply(maps);
        }
    }

    /// Asks the agent, or reads the pinned maps and says so.
    <T> T askOrRead(Verb verb, Function<NodeView, T> question, Function<MapCatalogue, T> reader) {
        return ask(question).orElseGet(() -> {
            T answer = read(reader);
            verb.note("no agent at " + ControlSocket.in(runDir) + "; this is what the maps pinned in " + bpffs
                    + " hold, without names");
            return answer;
        });
    }

    private CommandFailure nothingThere() {
        return new CommandFailure(
                ExitStatus.NOTHING_THERE,
                "find a node: no agent at " + ControlSocket.in(runDir) + " and nothing pinned in " + bpffs
                        + "; start culvert agent, or name the --run-dir and --bpffs of one that runs");
    }
}
