// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Python programs of these tests, which say `ready` when they are.
enum LabProgram {
    /// One end of a tunnel that encrypts.
    TUNNEL("tunnel.py"),
    /// A sidecar, or a way out of the network of its host.
    RELAY("relay.py");

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String file;

    LabProgram(String file) {
        this.file = file;
    }

    LabProcess start(LabHost host, String... arguments) {
        List<String> command = new ArrayList<>(List.of("python3", "-c", text()));
        command.addAll(List.of(arguments));
        return host.start(file, command).awaitLine("(?m)^ready$", PATIENCE);
    }

    private String text() {
        try (var stream = Objects.requireNonNull(LabProgram.class.getResourceAsStream("/lab/" + file))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
