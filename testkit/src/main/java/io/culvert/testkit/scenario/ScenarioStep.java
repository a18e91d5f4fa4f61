// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.scenario;

/// One section of a scenario file.
public sealed interface ScenarioStep {

    /// The text after `>>> `.
    String title();

    /// The lines up to the next section, each ended by a newline.
    String body();

    /// Puts a manifest into the subject's cluster, or replaces it.
    record Apply(String file, String yaml) implements ScenarioStep {
        @Override
        public String title() {
            return "apply " + file;
        }

        @Override
        public String body() {
            return yaml;
        }
    }

    /// Takes a manifest away.
    record Delete(String file) implements ScenarioStep {
        @Override
        public String title() {
            return "delete " + file;
        }

        @Override
        public String body() {
            return "";
        }
    }

    /// Runs a verb and compares what it prints.
    record Expect(String command, String output) implements ScenarioStep {
        @Override
        public String title() {
            return "expect " + command;
        }

        @Override
        public String body() {
            return output;
        }
    }
}
