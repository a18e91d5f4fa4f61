// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/// A network namespace that exists for one test.
final class TestNamespace implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "culvert-test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();

    TestNamespace() {
        run(List.of("ip", "netns", "add", name));
    }

    String name() {
        return name;
    }

    Path path() {
        return Path.of("/run/netns", name);
    }

    /// Runs `ip` with these words in the namespace.
    void ip(String words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(words.split(" ")));
        run(command);
    }

    /// Runs many `ip` commands in one process.
    void batch(List<String> lines) {
        try {
            Process process = new ProcessBuilder("ip", "-n", name, "-batch", "-")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var input = process.outputWriter()) {
                input.write(String.join("\n", lines) + "\n");
            }
            finish(process, List.of("ip", "-batch"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    <T> T call(Callable<T> action) {
        try {
            return NetworkNamespace.call(path(), action);
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        run(List.of("ip", "netns", "del", name));
    }

    private static void run(List<String> command) {
        try {
            finish(new ProcessBuilder(command).inheritIO().start(), command);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void finish(Process process, List<String> command) {
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
