// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Run-time statistics of the programs that this process has loaded, from `/proc/self/fdinfo`
/// (`run_cnt` and `run_time_ns`, sysctl `kernel.bpf_stats_enabled`).
final class ProgramStatistics {

    private static final Path SWITCH = Path.of("/proc/sys/kernel/bpf_stats_enabled");
    private static final Path DESCRIPTORS = Path.of("/proc/self/fdinfo");

    private ProgramStatistics() {}

    /// How often a program ran and how long, in nanoseconds, all runs together.
    record Runs(long count, long nanos) {

        Runs minus(Runs earlier) {
            return new Runs(count - earlier.count, nanos - earlier.nanos);
        }

        double nanosPerRun() {
            return (double) nanos / count;
        }
    }

    /// Statistics cost time in every program of the machine, so they are on only while the result is open.
    static AutoCloseable enable() throws IOException {
        String before = Files.readString(SWITCH);
        Files.writeString(SWITCH, "1");
        return () -> Files.writeString(SWITCH, before);
    }

    /// What ran most while `work` did, which is the program that `work` was about.
    static Runs busiestDuring(Runnable work) {
        Map<Integer, Runs> before = read();
        work.run();
        Runs none = new Runs(0, 0);
        return read().entrySet().stream()
                .map(after -> after.getValue().minus(before.getOrDefault(after.getKey(), none)))
                .max((a, b) -> Long.compare(a.count(), b.count()))
                .orElse(none);
    }

    /// By program id.
    private static Map<Integer, Runs> read() {
        Map<Integer, Runs> all = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path file : files) {
                read(file, all);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("read statistics of programs", e);
        }
        return all;
    }

    private static void read(Path file, Map<Integer, Runs> all) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                List<String> parts = List.of(line.split(":\\s*", 2));
                fields.put(parts.getFirst(), parts.getLast());
            }
        } catch (NoSuchFileException closedMeanwhile) {
            return;
        }
        String count = fields.get("run_cnt");
        String nanos = fields.get("run_time_ns");
        String id = fields.get("prog_id");
        if (count != null && nanos != null && id != null) {
            all.put(Integer.valueOf(id), new Runs(Long.parseLong(count), Long.parseLong(nanos)));
        }
    }
}
