// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/// A cgroup for one test.
final class TestCgroup implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path path;

    TestCgroup() {
        path = mount().resolve("culvert-ld-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
        try {
            Files.createDirectory(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Where cgroup2 is mounted: third word of a line of proc_mounts(5).
    private static Path mount() {
        try (var lines = Files.lines(Path.of("/proc/self/mounts"))) {
            return lines.map(line -> line.split(" "))
                    .filter(words -> words[2].equals("cgroup2"))
                    .map(words -> Path.of(words[1]))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("cgroup2 is not mounted"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Path path() {
        return path;
    }

    /// A process of the cgroup calls connect(2) on an IPv4 socket.
    void connect() {
        Commands.run(List.of("bash", "-c", "echo $$ > " + path + "/cgroup.procs && exec 3<>/dev/udp/127.0.0.1/9"));
    }

    @Override
    public void close() {
        // The process that was in the cgroup may not have been reaped by its parent yet.
        Awaitility.await().until(() -> {
            try {
                return Files.deleteIfExists(path);
            } catch (IOException busy) {
                return false;
            }
        });
    }
}
