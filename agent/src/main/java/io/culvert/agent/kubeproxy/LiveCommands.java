// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.kubeproxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Programs of this machine.
///
/// @param prefix words before each command: nothing, or those that enter a network namespace
public record LiveCommands(List<String> prefix) implements Commands {

    /// Longer than iptables waits for its lock.
    private static final int PATIENCE_SECONDS = 30;

    public LiveCommands() {
        this(List.of());
    }

    @Override
    public Outcome run(String input, String... command) {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(List.of(command));
        try {
            return finish(new ProcessBuilder(words).start(), input);
        } catch (IOException e) {
            return new Outcome.NotInstalled();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted");
        }
    }

    private static Outcome finish(Process process, String input) throws InterruptedException {
        try {
            CompletableFuture<String> errors =
                    CompletableFuture.supplyAsync(() -> text(process.errorReader(StandardCharsets.UTF_8)));
            CompletableFuture<String> output =
                    CompletableFuture.supplyAsync(() -> text(process.inputReader(StandardCharsets.UTF_8)));
            try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
                stdin.write(input);
            } catch (IOException _) {
                // It does not read to the end: its status says why.
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return new Outcome.Failed("still runs after " + PATIENCE_SECONDS + " s");
            }
            return process.exitValue() == 0
                    ? new Outcome.Done(output.join())
                    : new Outcome.Failed(reason(errors.join(), process.exitValue()));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(java.io.BufferedReader reader) {
        try (reader) {
            return reader.readAllAsString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String reason(String errors, int status) {
        return errors.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("status " + status);
    }
}
