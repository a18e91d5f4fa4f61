// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.config.ConfigException;
import io.culvert.loader.compile.CompileException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/// What a user reads about an exception: one line, or one for each mistake in a configuration.
final class FailureLines {

    private FailureLines() {}

    /// @return exit status
    static int print(Exception exception, PrintWriter err) {
        if (exception instanceof ConfigException mistakes) {
            mistakes.lines().forEach(line -> err.println("culvert: " + line));
            err.flush();
            return ExitStatus.USAGE;
        }
        if (exception instanceof CompileException compilation) {
            // What clang says comes first, a line each, as compilers print it; then our own line.
            compilation.diagnostics().forEach(err::println);
        }
        err.println("culvert: " + describe(exception));
        err.flush();
        return exception instanceof CommandFailure failure ? failure.status() : ExitStatus.FAILED;
    }

    /// Our own exceptions carry a whole sentence; what others throw is named, since its text alone may say little.
    static String describe(Throwable exception) {
        String message = first(exception.getMessage());
        boolean ours = exception.getClass().getName().startsWith("io.culvert.");
        if (ours && !message.isEmpty()) {
            return message;
        }
        String name = exception.getClass().getSimpleName();
        return name + (message.isEmpty() ? "" : ": " + message) + "; run it again with --debug for the stack trace";
    }

    /// The first line of a message.
    static String first(@Nullable String text) {
        if (text == null) {
            return "";
        }
        int end = text.indexOf('\n');
        return end < 0 ? text.strip() : text.substring(0, end).strip();
    }
}
