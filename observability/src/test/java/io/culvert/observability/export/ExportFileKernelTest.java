// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.testkit.KernelTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that is full.
@KernelTest
final class ExportFileKernelTest {

    private static final int DISK = 64 << 10;

    @TempDir
    private Path directory;

    @BeforeEach
    void mount() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "culvert-export", directory.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", directory.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static byte[] line(int number) {
        return ("{\"line\":" + number + ",\"text\":\"" + "x".repeat(500) + "\"}\n").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aFullDiskCostsTheLinesOfThatTimeOnly() throws Exception {
        Path path = directory.resolve("flows.log");
        Path ballast = Files.write(directory.resolve("ballast"), new byte[DISK / 2]);
        ExportPlan plan = new ExportPlan(path, 1 << 20, 1, false, List.of(), List.of(), List.of());
        try (ExportFile file = new ExportFile(plan, Duration.ofMillis(50))) {
            int number = 0;
            while (file.dropped() < 10) {
                file.write(line(number++));
            }
            assertThat(Files.readAllLines(path)).hasSize((int) file.written()).allMatch(line -> line.endsWith("\"}"));
            long before = file.written();

            Files.delete(ballast);
            await().until(file::retry);
            file.write(line(number));

            List<String> lines = Files.readAllLines(path);
            assertThat(file.written()).isEqualTo(before + 1);
            assertThat(lines).hasSize((int) before + 2).allMatch(line -> line.endsWith("}"));
            assertThat(lines.get((int) before))
                    .isEqualTo("{\"lost_events\":{\"source\":\"OBSERVER_EVENTS_QUEUE\",\"num_events_lost\":\"10\"}}");
            assertThat(lines.getLast()).startsWith("{\"line\":" + number + ",");
        }
    }
}
