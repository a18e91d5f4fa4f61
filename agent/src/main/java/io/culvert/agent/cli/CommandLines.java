// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import java.util.Objects;
import picocli.CommandLine;

/// Makes the command line with all its verbs.
public final class CommandLines {

    private CommandLines() {}

    /// A command line that turns every exception into one line on its error stream and an exit status.
    public static CommandLine create() {
        CommandLine line = new CommandLine(new RootCommand());
        CommandLine agent = Objects.requireNonNull(line.getSubcommands().get("agent"));
        AgentCommand.addSettings(agent.getCommandSpec());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        Failures.handle(line);
        return line;
    }
}
