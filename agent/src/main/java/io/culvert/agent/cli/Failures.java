// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.config.ConfigException;
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
        String reason = firstLine(exception.getMessage());
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
        if (exception instanceof ConfigException mistakes) {
            mistakes.lines().forEach(line -> err.println("culvert: " + line));
            err.flush();
            return ExitStatus.USAGE;
        }
        err.println("culvert: " + describe(exception));
        err.flush();
        return exception instanceof CommandFailure failure ? failure.status() : ExitStatus.FAILED;
    }

    /// Our own exceptions carry a whole sentence; what others throw is named, since its text alone may say little.
    static String describe(Throwable exception) {
        String message = firstLine(exception.getMessage());
        boolean ours = exception.getClass().getName().startsWith("io.culvert.");
        if (ours && !message.isEmpty()) {
            return message;
        }
        String name = exception.getClass().getSimpleName();
        return name + (message.isEmpty() ? "" : ": " + message) + "; run it again with --debug for the stack trace";
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

    private static String firstLine(@org.jspecify.annotations.Nullable String text) {
        if (text == null) {
            return "";
        }
        int end = text.indexOf('\n');
        return end < 0 ? text.strip() : text.substring(0, end).strip();
    }
}
