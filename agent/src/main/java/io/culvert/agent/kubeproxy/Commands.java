// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import java.util.Optional;

/// Runs programs of the machine.
@FunctionalInterface
public interface Commands {

    /// What one run of a program came to.
    sealed interface Outcome {

        record Done(String output) implements Outcome {}

        /// @param reason the last line that it wrote to stderr, or its status
        record Failed(String reason) implements Outcome {}

        record NotInstalled() implements Outcome {}
    }

    /// @param input what it reads on stdin
    Outcome run(String input, String... command);

    /// What a program prints, or empty if it is not installed or fails.
    default Optional<String> output(String... command) {
        return run("", command) instanceof Outcome.Done done ? Optional.of(done.output()) : Optional.empty();
    }
}
