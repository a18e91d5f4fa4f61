// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.BackendLoads;
import io.culvert.maps.Flow;
import io.culvert.maps.SelectionTable;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.TcpFlag;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Counts of open connections where the flow table is full, and two processors open connections at once: whoever gives
/// way is
/// counted no more, and nobody else is forgotten.
@KernelTest
class EvictedCountKernelTest {

    private static final int ENTRIES = 512;
    private static final int EACH = 5_000;

    private static byte[] packet(String client, int port, TcpFlag flag) {
        return ethernet().ip(client, "10.96.0.10").tcp(port, 80, flag).toBytes();
    }

    /// Of every tenth connection the client resets one that was opened a while before, be it in the table or not.
    private static void flood(PodPrograms pod, String client) {
        for (int i = 0; i < EACH; i++) {
            pod.sent(packet(client, 1024 + i, TcpFlag.SYN));
            if (i % 10 == 9) {
                pod.sent(packet(client, 1024 + i - 5, TcpFlag.RST));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"LEAST_CONNECTION", "POWER_OF_TWO"})
    void countsAreThoseOfTheConnectionsThatAreLeft(Algorithm algorithm) {
        try (PodPrograms pod = PodPrograms.load(object -> object.maxEntries("flows", ENTRIES)
                .maxEntries("opened", ENTRIES / 2)
                .configure("config_opened_entries", ENTRIES / 2))) {
            TestService service =
                    pod.tables.service(TCP, "10.96.0.10", 80, "10.1.7.3:8080", "10.1.7.4:8080", "10.1.7.5:8080");
            pod.tables.choose(service, algorithm, SelectionTable.EMPTY);

            Stream.of("10.1.0.2", "10.1.0.3")
                    .map(client -> CompletableFuture.runAsync(() -> flood(pod, client)))
                    .toList()
                    .forEach(CompletableFuture::join);

            List<Flow> left = pod.tables.values(Tables.FLOWS).stream()
                    .filter(BackendLoads::isOpen)
                    .toList();
            Map<Integer, Long> open = left.stream().collect(groupingBy(Flow::backendId, counting()));
            BackendLoads loads = pod.tables.loads();
            for (Backend backend : service.backends()) {
                assertThat((long) loads.flows(backend.id()))
                        .as("connections of %s", backend)
                        .isEqualTo(open.getOrDefault(backend.id(), 0L));
            }
            assertThat(left).as("connections that are left").hasSizeBetween(ENTRIES / 8, ENTRIES / 2);
            assertThat(pod.tables.get(Tables.OPENED_RING, 0).orElseThrow().evicted())
                    .isGreaterThan(EACH);
        }
    }
}
