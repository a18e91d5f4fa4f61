// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.testkit.KernelTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lines on a disk that is full.
@KernelTest
final class ExportFileKernelTest {

    @TempDir
    private Path directory;

    private SmallDisk disk;

    @BeforeEach
    void mount() throws Exception {
        disk = SmallDisk.mount(directory);
    }

    @AfterEach
    void unmount() throws Exception {
        disk.unmount();
    }

    private static byte[] line(int number) {
        return ("{\"line\":" + number + ",\"text\":\"" + "x".repeat(500) + "\"}\n").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aFullDiskCostsTheLinesOfThatTimeOnly() throws Exception {
        Path path = disk.file("flows.log");
        ExportPlan plan = new ExportPlan(path, 1 << 20, 1, false, List.of(), List.of(), List.of());
        try (ExportFile file = new ExportFile(plan, Duration.ofMillis(50))) {
            int number = 0;
            while (file.dropped() < 10) {
                file.write(line(number++));
            }
            file.writeLoss(line(number), 100);
            assertThat(file.dropped()).isEqualTo(10);
            assertThat(file.failure()).isEqualTo("No space left on device");
            assertThat(Files.readAllLines(path)).hasSize((int) file.written()).allMatch(line -> line.endsWith("\"}"));
            long before = file.written();

            disk.makeRoom();
            await().until(file::retry);
            file.write(line(number));

            List<String> lines = Files.readAllLines(path);
            assertThat(file.failure()).isEmpty();
            assertThat(file.written()).isEqualTo(before + 1);
            assertThat(lines).hasSize((int) before + 2).allMatch(line -> line.endsWith("}"));
            assertThat(lines.get((int) before))
                    .isEqualTo("{\"lost_events\":{\"source\":\"OBSERVER_EVENTS_QUEUE\",\"num_events_lost\":\"110\"}}");
            assertThat(lines.getLast()).startsWith("{\"line\":" + number + ",");
        }
    }
}
