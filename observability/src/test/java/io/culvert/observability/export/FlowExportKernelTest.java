// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.observability.filter.TestNames;
import io.culvert.observability.flow.FlowCursor;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.testkit.KernelTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An exporter whose disk is full, beside another observer.
@KernelTest
final class FlowExportKernelTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TestNames NAMES = new TestNames();
    private static final FlowMessages MESSAGES = new FlowMessages(NAMES, WallClock.ofSystem());

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

    @Test
    void aFullDiskIsToldAndCostsOthersNothing() throws Exception {
        Path path = disk.file("flows.log");
        ExportPlan plan = ExportPlan.of(path, 1 << 20, 1, false, "", "", List.of());
        int flows = 500;
        try (FlowStore store = new FlowStore(1000)) {
            FlowCursor other = store.cursor(0);
            AtomicInteger seen = new AtomicInteger();
            try (FlowExport export = FlowExport.start(plan, store, MESSAGES, NAMES)) {
                for (int i = 0; i < flows; i++) {
                    store.add(TestFlows.flow(EventKind.TRACE, EventVerdict.FORWARDED, "10.0.0.1"));
                    store.publish();
                    other.read(_ -> true, 10, _ -> seen.incrementAndGet());
                }
                assertThat(seen).hasValue(flows);
                assertThat(other.takeLost()).isZero();
                await().atMost(PATIENCE).until(() -> export.written() + export.lost() == flows);
                assertThat(export.lost()).isPositive();
                assertThat(export.failure()).isEqualTo("No space left on device");
                assertThat(export.path()).isEqualTo(path);

                disk.makeRoom();
                await().atMost(PATIENCE).until(() -> export.failure().isEmpty());
                assertThat(Files.readAllLines(path).getLast())
                        .isEqualTo("{\"lost_events\":{\"source\":\"OBSERVER_EVENTS_QUEUE\",\"num_events_lost\":\""
                                + export.lost() + "\"}}");
            }
        }
    }
}
