// SPDX-License-Identifier: Apache-2.0
package io.culvert.demo;

import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The agent of one node, started the way a user starts it.
final class DemoAgent {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LabNode node;
    private final List<String> culvert;
    private LabProcess process;

    private DemoAgent(LabNode node, List<String> culvert) {
        this.node = node;
        this.culvert = culvert;
        this.process = launch();
    }

    /// @param culvert the command that runs Culvert
    static DemoAgent start(LabNode node, List<String> culvert) {
        return new DemoAgent(node, culvert);
    }

    LabNode node() {
        return node;
    }

    /// Waits for the line that says the node is programmed, and returns it.
    String ready() {
        process.awaitLine("(?m)^ready: ", PATIENCE);
        return process.log()
                .lines()
                .filter(line -> line.startsWith("ready: "))
                .findFirst()
                .orElseThrow();
    }

    void killAndRestart() {
        process.kill();
        process = launch();
    }

    int stop() {
        return process.terminate(PATIENCE);
    }

    /// Runs a verb of the command line on this node.
    String run(String... verb) {
        List<String> command = new ArrayList<>(culvert);
        command.addAll(List.of(verb));
        command.addAll(node.agentPlace());
        return node.exec(command.toArray(String[]::new)).orThrow();
    }

    /// Starts a verb of the command line on this node that goes on until it is stopped.
    LabProcess begin(String... verb) {
        List<String> command = new ArrayList<>(culvert);
        command.addAll(List.of(verb));
        command.addAll(node.agentPlace());
        return node.start(verb[0], command);
    }

    private LabProcess launch() {
        List<String> command = new ArrayList<>(culvert);
        command.addAll(node.agentWords());
        command.addAll(List.of("--fast-path", "on"));
        return node.start("agent", command);
    }
}
