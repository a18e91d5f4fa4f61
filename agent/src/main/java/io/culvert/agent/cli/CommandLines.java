// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import picocli.CommandLine;

/// Makes the command line.
public final class CommandLines {

    private CommandLines() {}

    /// A command line that turns every exception into one line on its error stream and an exit status.
    ///
    /// @param args what it will be run with
    public static CommandLine create(String... args) {
        CommandLine line = new CommandLine(new RootCommand());
        Verbs.add(line, args);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        Failures.handle(line);
        return line;
    }
}
