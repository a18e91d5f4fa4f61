// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.lab.LabNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An agent in the namespaces of the benchmark itself, where it reaches a server on loopback. It translates only for
/// the cgroup that it is given, and attaches to no interface.
final class AgentProcess implements AutoCloseable {

    private static final String NONE = "culvert-bench-none";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final Path log;
    private final double startMillis;

    private AgentProcess(Process process, Path log, double startMillis) {
        this.process = process;
        this.log = log;
        this.startMillis = startMillis;
    }

    /// Where an agent keeps what it has.
    ///
    /// @param directory for its log and its run directory
    record Home(Path cgroup, Path bpffs, Path directory) {

        /// Beside a node of a lab.
        static Home of(LabNode node) throws IOException {
            Path directory = Files.createDirectories(node.runDir().resolveSibling("bench"));
            return new Home(node.cgroupRoot(), node.bpffs(), directory);
        }
    }

    /// Options of an agent that follows an API server.
    static List<String> following(FakeApiServer server) {
        return List.of("--source", "kubernetes", "--api-server", server.url());
    }

    /// Starts an agent for the node `n1` and waits until it has programmed it.
    static AgentProcess start(Home home, Path culvert, List<String> source) throws IOException, InterruptedException {
        Path log = home.directory().resolve("agent.log");
        List<String> command =
                new ArrayList<>(List.of(culvert.toString(), "agent", "--node-name", "n1", "--pod-interfaces", NONE));
        // The machine is not this agent's.
        command.addAll(List.of("--devices", NONE));
        command.addAll(List.of("--cgroup-root", home.cgroup().toString()));
        command.addAll(List.of("--bpffs", home.bpffs().toString()));
        command.addAll(List.of("--run-dir", home.directory().resolve("run").toString()));
        command.addAll(List.of("--healthz-bind-address", "127.0.0.1:0"));
        command.addAll(source);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        while (!Files.readString(log).contains("\nready: ")
                && !Files.readString(log).startsWith("ready: ")) {
            if (System.nanoTime() - start > PATIENCE.toNanos() || process.waitFor(2, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException("the agent did not become ready: " + Files.readString(log));
            }
        }
        return new AgentProcess(process, log, (System.nanoTime() - start) / 1e6);
    }

    /// From the start of the process to its ready line, milliseconds, as seen from outside every 2 ms.
    double startMillis() {
        return startMillis;
    }

    /// The ready line.
    String ready() {
        try {
            return Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith("ready: "))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("read the log of the agent", e);
        }
    }

    long pid() {
        return process.pid();
    }

    /// Processor time so far, of all its threads, user and system; seconds. The clock ticks every 10 ms.
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /// Resident memory now, MiB.
    double residentMebibytes() {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                            .findFirst()
                            .orElseThrow()
                    / 1024.0;
        } catch (IOException e) {
            throw new UncheckedIOException("read memory of the agent", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        int _ = process.onExit().join().exitValue();
    }
}
