// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.NetworkChange;
import io.culvert.net.IpAddress;
import io.culvert.policy.LocalPod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Interface 7 leads to address 10.1.0.3. A tick is a second.
final class PodExposureTest {

    private static final IpAddress ADDRESS = IpAddress.of("10.1.0.3");
    private static final Map<IpAddress, Integer> LINKS = Map.of(ADDRESS, 7);

    private final List<Duration> measured = new ArrayList<>();
    private final PodExposure exposure = new PodExposure(this::now, measured::add);
    private int seconds;

    private long now() {
        return Duration.ofSeconds(seconds).toNanos();
    }

    private void heard(int second, boolean removed, boolean up) {
        seconds = second;
        OptionalInt none = OptionalInt.empty();
        exposure.heard(new NetworkChange(
                removed, new Link(7, "cali7", "veth", up, up, false, 1500, none, none, none, Optional.empty(), true)));
    }

    private void attached(int second, boolean closes, Integer... interfaces) {
        seconds = second;
        exposure.attached(Set.of(interfaces), closes);
    }

    private void enforced(int second, int ingressSet) {
        seconds = second;
        exposure.enforced(List.of(pod(ingressSet)), LINKS, _ -> false);
    }

    private static LocalPod pod(int ingressSet) {
        return new LocalPod(new ObjectName("default", "web"), "u", List.of(ADDRESS), List.of(ADDRESS), ingressSet, 0);
    }

    @Test
    void itBeginsWhenTheInterfaceComesUpAndEndsWhenPoliciesAreInForce() {
        attached(0, false);
        heard(1, false, false);
        heard(2, false, true);
        heard(3, false, true);
        attached(4, false, 7);
        attached(5, false, 7);
        enforced(9, 1);

        assertThat(measured).containsExactly(Duration.ofSeconds(7));
        heard(10, false, true);
        attached(11, false, 7);
        enforced(12, 2);
        assertThat(measured).as("once").hasSize(1);
    }

    @Test
    void itEndsWithTheProgramsWhereTheseCloseUnknownPods() {
        attached(0, true);
        heard(2, false, true);
        attached(4, true, 7);
        enforced(9, 1);

        assertThat(measured).containsExactly(Duration.ofSeconds(2));
    }

    @Test
    void whatIsMadeAnewIsMeasuredAnew() {
        attached(0, false);
        for (int i = 0; i < 2; i++) {
            heard(1, false, true);
            attached(2, false, 7);
            enforced(3, 1);
            heard(4, true, true);
        }

        assertThat(measured).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
    }

    @Test
    void aNoticeThatIsLostIsReplacedByTheFirstSightOfPrograms() {
        attached(0, false);
        attached(4, false, 7);
        enforced(9, 1);

        assertThat(measured).containsExactly(Duration.ofSeconds(5));
    }

    @Test
    void whatWasThereFirstIsUnselectedOrIsSparedIsNotMeasured() {
        attached(0, false, 7);
        heard(1, false, true);
        attached(2, false, 7);
        enforced(3, 1);
        heard(4, true, true);

        heard(5, false, true);
        attached(6, false, 7);
        enforced(7, 0);
        enforced(8, 1);
        heard(9, true, true);

        heard(10, false, true);
        attached(11, false, 7);
        exposure.enforced(List.of(pod(1)), LINKS, _ -> true);
        enforced(12, 1);

        assertThat(measured).isEmpty();
    }
}
