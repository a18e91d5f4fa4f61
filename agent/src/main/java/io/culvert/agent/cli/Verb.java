// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What all verbs have in common: `--help`, `--debug`, and streams that tests can capture.
abstract class Verb implements Callable<Integer> {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;

    @Option(names = "--debug", description = "Print the stack trace of an error as well.")
    private boolean debug;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /// Does the work, and returns one of [ExitStatus].
    ///
    /// @throws CommandFailure for an end with one line on stderr
    @Override
    public abstract Integer call();

    final CommandSpec spec() {
        return spec;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /// Says something beside the result, which is all that stdout carries.
    final void note(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("culvert: " + text);
        err.flush();
    }

    final boolean debug() {
        return debug;
    }
}
