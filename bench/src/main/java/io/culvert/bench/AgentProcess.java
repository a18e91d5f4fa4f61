// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// An agent on a node of the lab.
///
/// @param startToReady from the start of the process to its ready line as seen by us, which polls
record AgentProcess(LabProcess process, Duration startToReady) {

    private static final Duration READY = Duration.ofMinutes(2);

    /// Starts an agent and waits until it has programmed the node.
    static AgentProcess start(LabNode node, Path culvert, List<String> source) {
        List<String> command = new ArrayList<>(List.of(
                culvert.toString(),
                "agent",
                "--node-name",
                node.name(),
                "--cgroup-root",
                node.cgroupRoot().toString(),
                "--bpffs",
                node.bpffs().toString(),
                "--run-dir",
                node.runDir().toString()));
        command.addAll(source);
        long start = System.nanoTime();
        LabProcess process = node.start("agent", command).awaitLine("(?m)^ready: ", READY);
        return new AgentProcess(process, Duration.ofNanos(System.nanoTime() - start));
    }

    /// The ready line.
    String ready() {
        return process.log()
                .lines()
                .filter(line -> line.startsWith("ready: "))
                .findFirst()
                .orElseThrow();
    }

    /// Resident memory now, MiB.
    double residentMebibytes() {
        return status("VmRSS");
    }

    /// The most that was ever resident, MiB.
    double peakMebibytes() {
        return status("VmHWM");
    }

    private double status(String field) {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                            .filter(line -> line.startsWith(field + ":"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                            .findFirst()
                            .orElseThrow()
                    / 1024.0;
        } catch (IOException e) {
            throw new UncheckedIOException("read memory of the agent", e);
        }
    }
}
