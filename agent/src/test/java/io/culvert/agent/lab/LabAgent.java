// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.agent.Culvert;
import io.culvert.agent.cli.CommandLines;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabException;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/// The agent of one lab node: a process of its own, as on a real node, and the command line that asks it.
final class LabAgent {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LabNode node;
    private final List<String> words;
    private @Nullable LabProcess process;

    /// It reads manifests.
    LabAgent(LabNode node) {
        this.node = node;
        words = node.agentWords();
    }

    /// @param source options that name another source
    LabAgent(LabNode node, List<String> source) {
        this.node = node;
        words = node.agentWords(source);
    }

    /// Starts one on each node of a lab, and waits for all.
    static void launchOnAll(Lab lab) {
        List<LabAgent> agents = lab.nodes().stream().map(LabAgent::new).toList();
        agents.forEach(LabAgent::launch);
        agents.forEach(LabAgent::awaitReady);
    }

    /// Starts the agent without waiting for it.
    LabAgent launch(String... options) {
        return launchBy(List.of(), options);
    }

    /// The same, by a command that becomes what comes behind its own words.
    LabAgent launchBy(List<String> wrapper, String... options) {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Culvert.class.getName()));
        command.addAll(words);
        command.addAll(List.of(options));
        process = node.start("agent", command);
        return this;
    }

    LabAgent awaitReady() {
        running().awaitLine("(?m)^ready: ", PATIENCE);
        return this;
    }

    /// SIGKILL.
    void kill() {
        running().kill();
    }

    /// SIGTERM.
    int terminate() {
        return running().terminate(PATIENCE);
    }

    LabNode node() {
        return node;
    }

    /// Everything that it has written so far.
    String log() {
        return running().log();
    }

    /// Runs a verb against this agent and returns what it prints.
    ///
    /// @throws LabException with its errors if it fails
    String verb(String... words) {
        StringWriter out = new StringWriter();
        StringWriter errors = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(node.agentPlace());
        CommandLine commandLine = CommandLines.create();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(errors, true));
        int status = commandLine.execute(arguments.toArray(String[]::new));
        if (status != 0) {
            throw new LabException(String.join(" ", arguments) + ": exit status " + status + "\n" + errors + out);
        }
        return out.toString();
    }

    /// What `doctor` prints about this node. What else it finds is of this machine, and makes it fail.
    String doctor() {
        try {
            return verb("doctor");
        } catch (LabException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private LabProcess running() {
        LabProcess running = process;
        if (running == null) {
            throw new IllegalStateException("the agent of " + node + " was not started");
        }
        return running;
    }
}
