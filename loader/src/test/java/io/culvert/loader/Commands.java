// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs the programs that tests set the scene with.
final class Commands {

    private Commands() {}

    /// What the command, which has no words with spaces, printed.
    ///
    /// @throws AssertionError if it failed
    static String run(String command) {
        return run(List.of(command.split(" ")));
    }

    static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
