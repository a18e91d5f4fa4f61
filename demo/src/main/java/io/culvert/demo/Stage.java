// SPDX-License-Identifier: Apache-2.0
package io.culvert.demo;

import io.culvert.testkit.lab.Lab;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Prints what each step proves and whether it did, and keeps the score.
final class Stage {

    private final PrintStream out;
    private final boolean colour;
    private int passed;
    private int failed;

    Stage(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    void title(String text) {
        awaitEndIfInterrupted();
        out.printf("%n%s%n", paint("1", text));
    }

    /// Text that shows rather than proves, such as the output of a command.
    void show(String command, String output) {
        out.printf("  $ %s%n", command);
        output.lines().forEach(line -> out.printf("    %s%n", line));
    }

    void say(String text) {
        out.printf("  %s%n", text);
    }

    /// Runs one step. It passes if it returns; what it returns is what was seen.
    void step(String proves, Callable<String> body) {
        awaitEndIfInterrupted();
        try {
            String seen = body.call();
            passed++;
            out.printf("  %s  %s%s%n", paint("32", "PASS"), proves, seen.isEmpty() ? "" : "  (" + seen + ")");
        } catch (Exception | AssertionError e) {
            awaitEndIfInterrupted();
            failed++;
            out.printf("  %s  %s%n        %s%n", paint("31", "FAIL"), proves, e.getMessage());
        }
    }

    boolean allPassed() {
        return failed == 0;
    }

    void score() {
        out.printf("%n%d passed, %d failed%n", passed, failed);
    }

    /// After Ctrl-C the lab goes away below the demo. What fails then is no failure: the thread waits for the end of
    /// the JVM, whose exit status is that of the signal.
    static void awaitEndIfInterrupted() {
        while (Lab.shuttingDown()) {
            LockSupport.park();
        }
    }

    private String paint(String code, String text) {
        return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
