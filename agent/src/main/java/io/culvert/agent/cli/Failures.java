// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns exceptions into one line and an exit status; a stack trace only with `--debug`.
final class Failures {

    private Failures() {}

    static void handle(CommandLine line) {
        line.setParameterExceptionHandler(Failures::usage);
        line.setExecutionExceptionHandler((exception, command, _) -> failed(exception, command));
    }

    private static int usage(ParameterException exception, String[] args) {
        CommandLine command = exception.getCommandLine();
        PrintWriter err = command.getErr();
        String reason = FailureLines.first(exception.getMessage());
        String guess = suggestion(exception);
        err.println("culvert: " + reason + guess + "; see culvert " + path(command) + "--help");
        err.flush();
        return ExitStatus.USAGE;
    }

    private static int failed(Exception exception, CommandLine command) {
        PrintWriter err = command.getErr();
        if (debug(command)) {
            exception.printStackTrace(err);
        }
        return FailureLines.print(exception, err);
    }

    private static boolean debug(CommandLine command) {
        for (CommandLine at = command; at != null; at = at.getParent()) {
            var option = at.getCommandSpec().findOption("--debug");
            if (option != null && Boolean.TRUE.equals(option.getValue())) {
                return true;
            }
        }
        return false;
    }

    private static String suggestion(ParameterException exception) {
        if (exception instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            return ", did you mean " + unmatched.getSuggestions().getFirst() + "?";
        }
        return "";
    }

    private static String path(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName(" ");
        return name.startsWith("culvert ") ? name.substring("culvert ".length()) + " " : "";
    }
}
