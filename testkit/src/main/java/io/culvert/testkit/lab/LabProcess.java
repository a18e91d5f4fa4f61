// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/// A process that runs in the namespace and the cgroup of a lab host until it ends or the lab is closed. Standard
/// output and standard error go to one log.
public final class LabProcess {

    private static final int SHOWN_LINES = 60;

    private final String name;
    private final Process process;
    private final Path log;

    LabProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// Everything written so far.
    public String log() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until some line of the log, written to its end, contains a match of `regex`.
    ///
    /// @throws LabException with the end of the log if the process ended before, or if the time is up
    public LabProcess awaitLine(String regex, Duration patience) {
        Pattern pattern = Pattern.compile(regex);
        return await(
                "a line that matches " + regex, () -> pattern.matcher(lines()).find(), patience);
    }

    /// Programs may write a line in pieces.
    private String lines() {
        String written = log();
        return written.substring(0, written.lastIndexOf('\n') + 1);
    }

    /// Waits for a condition that this process brings about.
    ///
    /// @param what for the message
    /// @throws LabException with the end of the log if the process ended before, or if the time is up
    public LabProcess await(String what, BooleanSupplier condition, Duration patience) {
        Waiting.until(
                patience,
                () -> condition.getAsBoolean() || !isAlive(),
                () -> name + ": still without " + what + " after " + patience.toMillis() + " ms\n" + tail());
        if (!isAlive() && !condition.getAsBoolean()) {
            throw new LabException(name + ": ended before " + what + "\n" + tail());
        }
        return this;
    }

    /// Sends SIGTERM and waits for the end.
    ///
    /// @return the exit status
    public int terminate(Duration patience) {
        process.destroy();
        return awaitExit(patience);
    }

    /// Sends SIGKILL, which no process can handle, and waits for the end.
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(5));
    }

    /// Waits for the end.
    ///
    /// @return the exit status
    public int awaitExit(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabException(name + ": still runs after " + patience.toMillis() + " ms\n" + tail());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for " + name, e);
        }
    }

    /// The last lines of the log with a title, as failures show them.
    String tail() {
        List<String> lines = log().lines().toList();
        String state = isAlive() ? "running" : "ended with status " + process.exitValue();
        return "--- " + name + " (" + state + ")\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }
}
