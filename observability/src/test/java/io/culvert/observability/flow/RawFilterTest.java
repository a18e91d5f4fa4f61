// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.event.EventKind;
import io.culvert.net.IpPrefix;
import io.culvert.observability.flow.FlowHistory.Period;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RawFilterTest {

    private static boolean wants(RawFilter filter, String source, String destination) {
        try (var store = new FlowStore(1)) {
            store.add(TestFlows.flow(1, source, destination));
            return !new FlowHistory(store).last(1, Period.ALL, filter).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.2, 10.1.0.2/32, true",
        "10.1.0.3, 10.1.0.2/32, false",
        "10.1.255.3, 10.1.0.0/16, true",
        "10.2.0.0, 10.1.0.0/16, false",
        "203.0.113.1, 0.0.0.0/0, true",
        "fd00::1, 0.0.0.0/0, false",
        "10.1.0.2, ::/0, false",
        "fd00::1, ::/0, true",
        "fd00:1::7, fd00:1::/64, true",
        "fd00:1:0:1::7, fd00:1::/64, false",
        "fd00:1::7, fd00:1::7/128, true",
        "fd00:1::8, fd00:1::7/128, false",
        "fd00:1::ff, fd00:1::80/121, true",
        "fd00:1::7f, fd00:1::80/121, false"
    })
    void addressesAreThoseOfTheBlock(String address, String block, boolean expected) {
        IpPrefix prefix = IpPrefix.parse(block).orElseThrow();

        assertThat(wants(RawFilter.source(prefix), address, "192.0.2.1")).isEqualTo(expected);
        assertThat(wants(
                        RawFilter.destination(prefix)
                                .and(RawFilter.source(prefix).negate()),
                        "2001:db8::1",
                        address))
                .isEqualTo(expected && !prefix.toString().equals("::/0"));
    }

    @Test
    void filtersAreCombined() {
        RawFilter traces = RawFilter.kinds(Set.of(EventKind.TRACE, EventKind.CLOSE));
        RawFilter drops = RawFilter.kinds(Set.of(EventKind.DROP));

        assertThat(wants(traces, "10.1.0.2", "10.1.0.3")).isTrue();
        assertThat(wants(drops, "10.1.0.2", "10.1.0.3")).isFalse();
        assertThat(wants(traces.and(drops), "10.1.0.2", "10.1.0.3")).isFalse();
        assertThat(wants(drops.negate(), "10.1.0.2", "10.1.0.3")).isTrue();
        assertThat(wants(RawFilter.any(List.of(drops, traces)), "10.1.0.2", "10.1.0.3"))
                .isTrue();
        assertThat(wants(RawFilter.any(List.of()), "10.1.0.2", "10.1.0.3")).isFalse();
    }
}
