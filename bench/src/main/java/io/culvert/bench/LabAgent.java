// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.testkit.lab.LabNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// An agent on a node of a lab, which ends with the lab.
final class LabAgent {

    private static final Duration READY = Duration.ofMinutes(2);

    private LabAgent() {}

    /// Starts it with what the node has as manifests, and waits until that is programmed.
    static void start(LabNode node, Path culvert, String... options) {
        List<String> command = new ArrayList<>(List.of(culvert.toString()));
        command.addAll(node.agentWords());
        command.addAll(List.of(options));
        node.start("agent", command).awaitLine("(?m)^ready: ", READY);
    }
}
