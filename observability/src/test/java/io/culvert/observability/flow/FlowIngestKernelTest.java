// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.net.IpAddress;
import io.culvert.testkit.KernelTest;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From programs on an interface through the ring to observers. The interface is the loopback device.
@KernelTest
@Timeout(120)
final class FlowIngestKernelTest {

    private static final int RING = 1 << 16;
    private static final int RECORD = 136;

    private final Path bpffs =
            Path.of("/sys/fs/bpf", "culvert-flows-" + ProcessHandle.current().pid());
    private final WallClock clock = WallClock.ofSystem();
    private final FlowStore store = new FlowStore(100_000);
    private Datapath datapath;

    @BeforeEach
    void open() throws IOException {
        datapath = Datapath.open(DatapathConfig.of(bpffs).withEntries(Map.of("events", RING)));
        datapath.attachPod(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress())
                .getIndex());
    }

    @AfterEach
    void close() {
        datapath.close();
        DatapathPins.remove(bpffs);
        store.close();
    }

    /// Datagrams that nobody reads, to one port.
    private static int send(int count) throws IOException {
        try (var from = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var to = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var datagram = new DatagramPacket(new byte[8], 8, InetAddress.getLoopbackAddress(), to.getLocalPort());
            for (int i = 0; i < count; i++) {
                from.send(datagram);
            }
            return to.getLocalPort();
        }
    }

    private static RawFilter sentTo(int port) {
        return flow ->
                flow.destinationPort() == port && flow.hook() == EventHook.TO_POD.number() && flow.protocol() == 17;
    }

    @Test
    void whatOthersTellIsCountedAndKeptAsWell() {
        Event flow = TestFlows.flow(7, EventKind.CLOSE);
        List<Integer> counted = new CopyOnWriteArrayList<>();
        FlowCursor cursor = store.cursor(0);
        try (var ingest = FlowIngest.start(datapath.maps().events(), store, clock, seen -> counted.add(seen.kind()))) {
            ingest.tell(flow);
            List<Event> seen = new ArrayList<>();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                var _ = cursor.read(RawFilter.ALL, 10, seen::add);
                return !seen.isEmpty();
            });
            assertThat(seen).containsExactly(flow);
            assertThat(counted).containsExactly(EventKind.CLOSE.number());
        }
    }

    @Test
    void whatProgramsTellReachesAnObserverThatWaits() throws IOException {
        datapath.maps().events().tell(EventLevel.LOW);
        FlowCursor cursor = store.cursor(0);
        try (var ingest = FlowIngest.start(datapath.maps().events(), store, clock)) {
            Instant before = Instant.now();
            int port = send(10);
            List<Event> flows = new ArrayList<>();
            await().until(() -> {
                boolean _ = cursor.await(Duration.ofSeconds(10));
                int _ = cursor.read(sentTo(port), 1_000_000, flows::add);
                return flows.size() == 10;
            });

            assertThat(flows).allSatisfy(flow -> {
                assertThat(flow.kind()).isEqualTo(EventKind.TRACE);
                assertThat(flow.source().address()).isEqualTo(IpAddress.of("127.0.0.1"));
                assertThat(clock.at(flow.time())).isBetween(before.minusMillis(10), Instant.now());
            });
            assertThat(ingest.lost()).isZero();
            datapath.maps().events().tell(EventLevel.OFF);
        }
    }

    @Test
    void whatFoundNoRoomIsToldBetweenTheRest() throws IOException {
        int datagrams = 3 * RING / RECORD;
        datapath.maps().events().tell(EventLevel.LOW);
        FlowCursor cursor = store.cursor(0);
        try (var reader = datapath.maps().events().open()) {
            assertThat(reader.size()).isEqualTo(RING);
        }
        long before = datapath.maps().events().lost(EventKind.TRACE);
        try (var ingest = FlowIngest.start(datapath.maps().events(), store, clock)) {
            await().until(() -> {
                int _ = send(datagrams);
                return ingest.lost() > 0;
            });
            datapath.maps().events().tell(EventLevel.OFF);
            List<Event> losses = new ArrayList<>();
            await().untilAsserted(() -> {
                int _ = cursor.read(flow -> flow.kind() == EventKind.LOST.number(), 1_000_000, losses::add);
                assertThat(losses.stream()
                                .mapToLong(loss -> loss.detail().first())
                                .sum())
                        .isEqualTo(datapath.maps().events().lost(EventKind.TRACE) - before);
            });
            assertThat(losses)
                    .allSatisfy(loss -> assertThat(loss.detail().second()).isEqualTo(EventKind.TRACE.number()));
        }
    }
}
