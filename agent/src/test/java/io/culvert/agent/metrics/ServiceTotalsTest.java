// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.metrics.ServiceTotals.Totals;
import io.culvert.observability.count.FlowCounts;
import io.culvert.observability.names.ServiceName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ServiceTotalsTest {

    private static final ServiceName WEB = new ServiceName("shop", "web");
    private static final ServiceName DB = new ServiceName("shop", "db");

    private final ServiceTotals totals = new ServiceTotals();

    private static FlowCounts.Service connections(int index, long count) {
        return new FlowCounts.Service(index, count, 0, 0, 0);
    }

    private static Totals totals(long connections) {
        return new Totals(connections, 0, 0, 0);
    }

    private static Optional<ServiceName> numbered(int index) {
        return Optional.of(new ServiceName("shop", "s" + index));
    }

    @Test
    void anIndexThatAnotherServiceGetsDoesNotTakeWhatWasCountedWithIt() {
        var _ = totals.update(List.of(connections(3, 10)), _ -> Optional.of(WEB));
        Map<ServiceName, Totals> now = totals.update(List.of(connections(3, 12)), _ -> Optional.of(DB));

        assertThat(now).containsExactly(Map.entry(WEB, totals(10)), Map.entry(DB, totals(2)));
    }

    @Test
    void servicesBeyondTheBoundAreCountedTogether() {
        int many = ServiceTotals.SERVICES + 50;
        List<FlowCounts.Service> counts = IntStream.range(0, many)
                .mapToObj(index -> connections(index, 1))
                .toList();
        Map<ServiceName, Totals> now = totals.update(counts, ServiceTotalsTest::numbered);

        assertThat(now).hasSize(ServiceTotals.SERVICES + 1).containsEntry(ServiceTotals.OTHER, totals(50));
        assertThat(now.values().stream().mapToLong(Totals::connections).sum()).isEqualTo(many);
    }

    @Test
    void servicesThatAreGoneMakeRoomAndNothingIsCountedTwice() {
        List<FlowCounts.Service> counts = IntStream.range(0, ServiceTotals.SERVICES)
                .mapToObj(index -> connections(index, 1))
                .toList();
        var _ = totals.update(counts, ServiceTotalsTest::numbered);
        var _ = totals.update(counts, index -> index < 10 ? numbered(index) : Optional.empty());
        Map<ServiceName, Totals> now = totals.update(
                List.of(connections(0, 1), connections(500, 7)),
                index -> index == 500 ? Optional.of(WEB) : numbered(index));

        assertThat(now).containsEntry(WEB, totals(7)).containsEntry(ServiceTotals.OTHER, totals(190));
        assertThat(now.values().stream().mapToLong(Totals::connections).sum()).isEqualTo(ServiceTotals.SERVICES + 7L);
    }
}
