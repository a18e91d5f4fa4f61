// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Tables;
import io.culvert.testkit.KernelTest;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Which programs the slots of the fast path hold: by number, the one after policies, that of policies, the one
/// without.
@KernelTest
final class FastPathKernelTest {

    @AutoClose
    private final DatapathPlace place = new DatapathPlace();

    private static List<Integer> slots(Datapath datapath) {
        return PolicyTails.ids(datapath.maps().map(Tables.FAST_TAILS).orElseThrow());
    }

    @Test
    void itIsOffUntilSomebodySaysSoAndCanBeSwitchedAtAnyTime() {
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.fastPath().isOn()).isFalse();
            assertThat(slots(datapath)).containsExactly(0, 0, 0);

            datapath.fastPath().enable(true);

            assertThat(datapath.fastPath().isOn()).isTrue();
            int program = slots(datapath).getFirst();
            assertThat(program).isPositive();
            assertThat(slots(datapath)).containsExactly(program, 0, program);

            datapath.fastPath().enable(false);
            assertThat(slots(datapath)).containsExactly(0, 0, 0);
        }
    }

    @Test
    void nothingGoesPastPoliciesWhileTheyAreEnforced() {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.fastPath().enable(true);
            datapath.policies().enforce(true);
            assertThat(slots(datapath).getLast()).isZero();
            assertThat(slots(datapath).subList(0, 2)).doesNotContain(0).doesNotHaveDuplicates();

            datapath.fastPath().enable(false);
            datapath.fastPath().enable(true);
            assertThat(slots(datapath).getLast()).isZero();

            datapath.policies().enforce(false);
            assertThat(slots(datapath)).doesNotContain(0);
        }
    }

    @Test
    void itStaysAsItIsWhileTheAgentIsAwayAndGoesOnWithTheNextOnesPrograms() {
        List<Integer> before;
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.policies().enforce(true);
            datapath.fastPath().enable(true);
            before = slots(datapath);
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.fastPath().isOn()).isTrue();
            assertThat(slots(datapath).getLast()).isZero();
            assertThat(slots(datapath).subList(0, 2)).doesNotContain(0).doesNotContainAnyElementsOf(before);
            datapath.configure(DatapathSettings.DEFAULT.withTcpPeerName(false));
            assertThat(slots(datapath).subList(0, 2)).doesNotContain(0);
        }
    }
}
