// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.view.Format;
import io.culvert.agent.view.Printer;
import picocli.CommandLine.Option;

/// How lists are printed.
final class OutputOptions {

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, wide, json or yaml (default ${DEFAULT-VALUE}).")
    private Format format = Format.TABLE;

    Printer printer(Verb verb) {
        return new Printer(format, verb.out());
    }

    /// Whether the output is for programs.
    boolean structured() {
        return format == Format.JSON || format == Format.YAML;
    }
}
