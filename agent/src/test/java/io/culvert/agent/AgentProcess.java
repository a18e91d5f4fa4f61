// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// An agent in a process of its own on a node of a lab, run from the classes of this build.
final class AgentProcess {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LabNode node;
    private LabProcess process;

    private AgentProcess(LabNode node, String... options) {
        this.node = node;
        this.process = launch(options);
    }

    /// Starts it, and waits for the line `ready`.
    static AgentProcess start(LabNode node, String... options) {
        AgentProcess agent = new AgentProcess(node, options);
        agent.awaitReady();
        return agent;
    }

    /// Starts another one on the node, with the same directories.
    void restart(String... options) {
        process = launch(options);
        awaitReady();
    }

    private void awaitReady() {
        process.awaitLine("(?m)^ready: \\d+ services, \\d+ backends, \\d+ ms$", PATIENCE);
    }

    LabProcess process() {
        return process;
    }

    private LabProcess launch(String... options) {
        return node.start("agent", agentCommand(node, options));
    }

    static List<String> agentCommand(LabNode node, String... options) {
        List<String> command = new ArrayList<>(culvert());
        command.addAll(node.agentWords());
        command.addAll(List.of(options));
        return command;
    }

    /// Runs a verb on the node.
    ExecResult verb(String... words) {
        List<String> command = new ArrayList<>(culvert());
        command.addAll(List.of(words));
        command.addAll(node.agentPlace());
        return node.exec(command.toArray(String[]::new));
    }

    /// Runs a verb on the node that also finds programs in `programs`.
    static ExecResult verbOn(LabNode node, Path programs, String verb, String option, String... more) {
        List<String> command = new ArrayList<>(List.of("env", "PATH=" + programs + ":" + System.getenv("PATH")));
        command.addAll(culvert());
        command.addAll(List.of(verb, option));
        command.addAll(List.of(more));
        command.addAll(node.agentPlace());
        return node.exec(command.toArray(String[]::new));
    }

    private static List<String> culvert() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Culvert.class.getName());
    }
}
