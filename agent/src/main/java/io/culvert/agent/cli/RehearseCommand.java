// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import java.io.PrintWriter;
import java.io.Writer;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `culvert rehearse`: what the build runs to fill the AOT cache (JEP 514). Goes through the command line and the
/// start of an agent, and leaves nothing behind.
@Command(name = "rehearse", hidden = true, description = "Exercise the program for its AOT cache.")
final class RehearseCommand extends Verb {

    @Override
    public Integer call() {
        quietly("version");
        quietly("help");
        return ExitStatus.DONE;
    }

    private static void quietly(String... args) {
        CommandLine line = CommandLines.create();
        line.setOut(new PrintWriter(Writer.nullWriter()));
        line.setErr(new PrintWriter(Writer.nullWriter()));
        line.execute(args);
    }
}
