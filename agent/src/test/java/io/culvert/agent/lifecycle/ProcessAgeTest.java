// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProcessAgeTest {

    @Test
    void theAgeIsUptimeLessStartTime() {
        String stat = "42 (a) name) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 25 0 123456 1 2 3\n";

        assertThat(ProcessAge.between(stat, "1235.90 99.00\n")).isEqualTo(Duration.ofMillis(1340));
    }

    @Test
    void thisProcessHasAnAge() {
        assertThat(ProcessAge.now()).isBetween(Duration.ofMillis(1), Duration.ofHours(1));
    }
}
