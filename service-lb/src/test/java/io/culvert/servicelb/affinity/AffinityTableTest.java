// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.ServicePortName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AffinityTableTest {

    private static final long NOW = Duration.ofDays(3).toNanos();
    private static final ServicePortName WEB =
            new ServicePortName(new ObjectName("default", "web"), "http", Protocol.TCP, IpFamily.IPV4);
    private static final Backend BACKEND = new Backend(IpAddress.of("10.1.0.3"), 8080, 1, 77, 0, true, false);

    private final Map<AffinityKey, Affinity> entries = new LinkedHashMap<>();
    private final AffinityTable table = new AffinityTable(
            consumer -> entries.forEach(consumer),
            service -> service == 5 ? Optional.of(extent(5, 10_800)) : Optional.empty(),
            () -> NOW);

    private static Extent extent(int service, int seconds) {
        return new Extent(service, 0, 0, 0, 1, seconds, Algorithm.RANDOM, false, false, List.of(BACKEND));
    }

    private void add(int service, String client, int backend, Duration age) {
        entries.put(new AffinityKey(service, IpAddress.of(client)), new Affinity(backend, 0, NOW - age.toNanos()));
    }

    @Test
    void clientsAreShownWithTheirBackendAndTheirTime() {
        add(5, "10.1.0.9", 77, Duration.ofSeconds(800));
        add(5, "10.1.0.8", 77, Duration.ZERO);

        List<AffinityEntry> list = table.list(Map.of(5, WEB));

        assertThat(list).extracting(entry -> entry.client().toString()).containsExactly("10.1.0.8", "10.1.0.9");
        assertThat(list.getLast()).satisfies(entry -> {
            assertThat(entry.name()).contains(WEB);
            assertThat(entry.backend()).hasToString("10.1.0.3:8080");
            assertThat(entry.age()).isEqualTo(Duration.ofSeconds(800));
            assertThat(entry.remaining()).isEqualTo(Duration.ofSeconds(10_000));
        });
        assertThat(table.list(Map.of()))
                .hasSize(2)
                .allMatch(entry -> entry.name().isEmpty());
    }

    @Test
    void whatProgramsWouldNotFollowIsNotShown() {
        add(5, "10.1.0.7", 77, Duration.ofSeconds(10_801));
        add(5, "10.1.0.8", 78, Duration.ZERO);
        add(6, "10.1.0.9", 77, Duration.ZERO);

        assertThat(table.list(Map.of(5, WEB))).isEmpty();
    }
}
