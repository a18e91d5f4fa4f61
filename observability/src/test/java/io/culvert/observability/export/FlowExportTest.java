// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.observability.filter.MalformedFilterException;
import io.culvert.observability.filter.TestNames;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.hubble.FlowMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FlowExportTest {

    private static final TestNames NAMES = new TestNames();
    private static final FlowMessages MESSAGES = new FlowMessages(NAMES, WallClock.ofSystem());

    @TempDir
    private Path directory;

    private ExportPlan plan(String allowed, String denied, List<String> mask) {
        return ExportPlan.of(directory.resolve("flows.log"), 1 << 20, 1, false, allowed, denied, mask);
    }

    @Test
    void flowsThatFitAreWrittenAsLines() throws IOException {
        ExportPlan plan = plan(
                "[{\"verdict\":[\"DROPPED\"]},{\"source_pod\":[\"ns2/\"]}]",
                "{\"source_ip\":[\"10.0.0.3\"]}",
                List.of("verdict", "IP.source"));
        try (FlowStore store = new FlowStore(100)) {
            store.add(TestFlows.flow(EventKind.TRACE, EventVerdict.DROPPED, "10.0.0.9"));
            try (FlowExport export = FlowExport.start(plan, store, MESSAGES, NAMES)) {
                store.add(TestFlows.flow(EventKind.TRACE, EventVerdict.DROPPED, "10.0.0.1"));
                store.add(TestFlows.flow(EventKind.TRACE, EventVerdict.FORWARDED, "10.0.0.1"));
                store.add(TestFlows.flow(EventKind.TRACE, EventVerdict.FORWARDED, "10.0.0.2"));
                store.add(TestFlows.flow(EventKind.TRACE, EventVerdict.DROPPED, "10.0.0.3"));
                store.add(TestFlows.flow(EventKind.LOST, EventVerdict.DROPPED, "10.0.0.3"));
                store.publish();
                await().until(() -> export.written() == 3);
            }
        }

        List<String> lines = Files.readAllLines(directory.resolve("flows.log"));
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0))
                .startsWith("{\"flow\":{\"verdict\":\"DROPPED\",\"IP\":{\"source\":\"10.0.0.1\"}},"
                        + "\"node_name\":\"default/n1\",\"time\":\"");
        assertThat(lines.get(1)).startsWith("{\"flow\":{\"verdict\":\"FORWARDED\",\"IP\":{\"source\":\"10.0.0.2\"}}");
        assertThat(lines.get(2))
                .startsWith("{\"lost_events\":{\"source\":\"PERF_EVENT_RING_BUFFER\",\"num_events_lost\":\"9\"");
    }

    @Test
    void whatIsOverwrittenIsALineAndCounted() throws IOException {
        int flows = 100_000;
        try (FlowStore store = new FlowStore(100);
                FlowExport export = FlowExport.start(plan("", "", List.of("verdict")), store, MESSAGES, NAMES)) {
            for (int i = 0; i < flows; i++) {
                store.add(TestFlows.flow(EventKind.TRACE, EventVerdict.FORWARDED, "10.0.0.1"));
            }
            store.publish();
            await().until(() -> told() == flows);

            assertThat(export.lost())
                    .isPositive()
                    .isEqualTo(flows - lines("\"flow\":").count());
            assertThat(export.failure()).isEmpty();
        }
    }

    /// Flows in the file, and those of which it says that they are lost.
    private long told() throws IOException {
        long lost = lines("\"HUBBLE_RING_BUFFER\"")
                .mapToLong(line -> Long.parseLong(line.replaceFirst(".*\"num_events_lost\":\"(\\d+)\".*", "$1")))
                .sum();
        return lost + lines("\"flow\":").count();
    }

    private Stream<String> lines(String part) throws IOException {
        return Files.readAllLines(directory.resolve("flows.log")).stream().filter(line -> line.contains(part));
    }

    @Test
    void aMistakeInTheSettingsIsTold() {
        assertThatThrownBy(() -> plan("{\"verdict\":[\"MAYBE\"]}", "", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a FlowFilter in JSON");
        assertThatThrownBy(() -> plan("", "{\"source_ip\":[\"x\"]}", List.of()).selection(NAMES))
                .isInstanceOf(MalformedFilterException.class)
                .hasMessageContaining("source_ip \"x\"");
        assertThatThrownBy(() -> plan("", "", List.of("nothing")).selection(NAMES))
                .isInstanceOf(MalformedFilterException.class)
                .hasMessageContaining("\"nothing\"");
    }
}
