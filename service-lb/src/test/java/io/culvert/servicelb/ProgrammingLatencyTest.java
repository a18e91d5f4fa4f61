// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.name;
import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.servicelb.ProgrammingLatency.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A14-10, on a clock that the test turns.
class ProgrammingLatencyTest {

    private static final EndpointPort PORT = new EndpointPort("http", Protocol.TCP, 8080);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ClusterFixture cluster = new ClusterFixture().put(service("web", "10.96.0.1"));
    private Instant now = START.plusSeconds(10);
    private final ProgrammingLatency latency = new ProgrammingLatency(START, () -> now);

    private void slice(String slice, String address, Duration triggered) {
        EndpointSlice plain = ClusterFixture.slice(slice, "web", PORT, at(address));
        cluster.put(new EndpointSlice(
                plain.name(),
                plain.serviceName(),
                plain.family(),
                plain.created(),
                plain.ports(),
                plain.endpoints(),
                START.plus(triggered)));
    }

    private List<Observation> programmed() {
        return latency.programmed(cluster.update(), Set.of());
    }

    @Test
    void A14_10_fromTheTriggerToTheKernelOnceForEachSlice() {
        slice("web-1", "10.1.0.1", Duration.ofSeconds(8));
        slice("web-6", "fd00:1::1", Duration.ofSeconds(9));

        assertThat(programmed())
                .containsExactlyInAnyOrder(
                        new Observation(IpFamily.IPV4, Duration.ofSeconds(2)),
                        new Observation(IpFamily.IPV6, Duration.ofSeconds(1)));

        slice("web-1", "10.1.0.2", Duration.ofSeconds(8));
        assertThat(programmed()).as("a change that has no trigger of its own").isEmpty();
        slice("web-1", "10.1.0.3", Duration.ofMillis(9_900));
        assertThat(programmed()).containsExactly(new Observation(IpFamily.IPV4, Duration.ofMillis(100)));
    }

    @Test
    void A14_10_triggersFromBeforeTheStartDoNotCount() {
        slice("web-1", "10.1.0.1", Duration.ofSeconds(-1));
        assertThat(programmed()).isEmpty();
    }

    @Test
    void A14_10_theRemovalOfASliceDoesNotCount() {
        slice("web-1", "10.1.0.1", Duration.ofSeconds(8));
        programmed();
        cluster.removeSlice("web-1");
        assertThat(programmed()).isEmpty();
    }

    @Test
    void A14_10_aFailureIsMeasuredWhenTheRetrySucceeds() {
        slice("web-1", "10.1.0.1", Duration.ofSeconds(8));
        assertThat(latency.programmed(cluster.update(), Set.of(name("web")))).isEmpty();
        now = now.plusSeconds(30);
        assertThat(latency.settled(Set.of(name("web")))).isEmpty();
        assertThat(latency.settled(Set.of())).containsExactly(new Observation(IpFamily.IPV4, Duration.ofSeconds(32)));
        assertThat(latency.settled(Set.of())).isEmpty();
    }

    @Test
    void A14_10_nothingIsMeasuredOfAServiceThatIsNotProgrammed() {
        cluster.put(service("web"));
        slice("web-1", "10.1.0.1", Duration.ofSeconds(8));
        assertThat(programmed()).as("headless").isEmpty();
    }
}
