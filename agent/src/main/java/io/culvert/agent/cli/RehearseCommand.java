// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.rehearsal.Rehearsal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `culvert rehearse`: what the build runs to fill the AOT cache (JEP 514). Leaves nothing behind.
@Command(name = "rehearse", hidden = true, description = "Exercise the program for its AOT cache.")
final class RehearseCommand extends Verb {

    @Override
    public Integer call() {
        try {
            out().println(new Rehearsal(RehearseCommand::quietly).run());
            out().flush();
            return ExitStatus.DONE;
        } catch (IOException e) {
            throw new CommandFailure("rehearse: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("rehearse: interrupted");
        }
    }

    private static void quietly(List<String> verb) {
        String[] args = verb.toArray(String[]::new);
        CommandLine line = CommandLines.create(args);
        line.setOut(new PrintWriter(Writer.nullWriter()));
        line.setErr(new PrintWriter(Writer.nullWriter()));
        line.execute(args);
    }
}
