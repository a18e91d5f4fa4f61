// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Somewhere in the lab where processes run: a network namespace and a cgroup. Mounts are those of the caller, so that
/// the cgroup and bpf file systems stay visible; only the network is separate.
public sealed class LabHost permits LabClient, LabNode, LabPod {

    private static final Duration EXEC_PATIENCE = Duration.ofSeconds(20);

    private final Lab lab;
    private final String name;
    private final String netns;
    private final Path cgroup;
    private final LabSockets sockets;

    LabHost(Lab lab, String name, String netns, Path cgroup) {
        this.lab = lab;
        this.name = name;
        this.netns = netns;
        this.cgroup = cgroup;
        this.sockets = new LabSockets(this);
    }

    public String name() {
        return name;
    }

    /// The name that `ip netns` knows.
    public String netns() {
        return netns;
    }

    /// The cgroup in which processes of this host start.
    public Path cgroup() {
        return cgroup;
    }

    /// The same network seen from a cgroup outside of every node: a process that no socket hook of a node sees, as one
    /// of a container runtime with its own cgroup tree.
    public LabHost outsideOfCgroup() {
        return new LabHost(lab, name, netns, lab.foreignCgroup());
    }

    /// The sockets of this host.
    public LabSockets sockets() {
        return sockets;
    }

    /// Runs lines of a shell script, until one fails.
    ///
    /// @throws LabException if one does, or all of them take more than 20 s
    public void script(String... lines) {
        String _ = exec("sh", "-ec", String.join("\n", lines)).orThrow();
    }

    /// Runs a command to its end.
    ///
    /// @throws LabException if it takes more than 20 s
    public ExecResult exec(String... command) {
        String text = String.join(" ", command);
        try {
            Path output = lab.newLog(name + "-exec");
            Path errors = lab.newLog(name + "-exec-errors");
            Process process = lab.launch(
                    builder(List.of(command)).redirectOutput(output.toFile()).redirectError(errors.toFile()));
            process.getOutputStream().close();
            if (!process.waitFor(EXEC_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new LabException(name + ": " + text + ": still runs after " + EXEC_PATIENCE.toSeconds() + " s\n"
                        + Files.readString(output) + Files.readString(errors));
            }
            ExecResult result =
                    new ExecResult(text, process.exitValue(), Files.readString(output), Files.readString(errors));
            Files.delete(output);
            Files.delete(errors);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": run " + text, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while " + text + " ran", e);
        }
    }

    /// One of its Ethernet interfaces.
    ///
    /// @throws LabException if there is none of that name
    public LabLink link(String device) {
        return LabLink.parse(exec("ip", "-o", "link", "show", "dev", device).orThrow());
    }

    /// Starts a command that goes on; its log is shown when a test of the lab fails.
    public LabProcess start(String processName, List<String> command) {
        try {
            Path log = lab.newLog(name + "-" + processName);
            Process process =
                    lab.launch(builder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
            process.getOutputStream().close();
            return lab.keep(new LabProcess(name + "/" + processName, process, log));
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": start " + processName, e);
        }
    }

    /// A command that first enters the cgroup, then the namespace, and then becomes the program: one process id. It
    /// leaves the terminal's session, so that Ctrl-C is for the creator of the lab alone, who removes it whole.
    ProcessBuilder builder(List<String> command) {
        String enter = "echo $$ > \"$0/cgroup.procs\"; ns=$1; shift; exec nsenter --net=\"$ns\" -- \"$@\"";
        List<String> words =
                new ArrayList<>(List.of("setsid", "sh", "-euc", enter, cgroup.toString(), "/run/netns/" + netns));
        words.addAll(command);
        return new ProcessBuilder(words);
    }

    Lab lab() {
        return lab;
    }

    @Override
    public String toString() {
        return name;
    }
}
