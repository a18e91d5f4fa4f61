// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.testkit.KernelTestCondition.Machine;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelTestConditionTest {

    private static final KernelVersion OLD = new KernelVersion(5, 15);
    private static final KernelVersion MIN = new KernelVersion(6, 1);
    private static final KernelVersion NEW = new KernelVersion(6, 18);

    @Test
    void anOldKernelSkips() {
        var result = KernelTestCondition.decide(MIN, new Machine(OLD, true, false, List.of()));
        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason()).contains("needs Linux 6.1, this is 5.15");
    }

    @Test
    void withoutRootSkips() {
        var result = KernelTestCondition.decide(MIN, new Machine(NEW, false, false, List.of("ip")));
        assertThat(result.isDisabled()).isTrue();
    }

    @Test
    void noReasonToSkipIsAcceptedWhereTheKernelIsRequired() {
        assertThatThrownBy(() -> KernelTestCondition.decide(MIN, new Machine(OLD, true, true, List.of())))
                .hasMessageContaining("needs Linux 6.1");
        assertThatThrownBy(() -> KernelTestCondition.decide(MIN, new Machine(NEW, false, true, List.of())))
                .hasMessageContaining("needs root");
    }

    @Test
    void aMissingCommandFails() {
        assertThatThrownBy(() -> KernelTestCondition.decide(MIN, new Machine(NEW, true, false, List.of("tc"))))
                .hasMessageContaining("not on the PATH: tc");
    }

    @Test
    void rootOnANewEnoughKernelRuns() {
        var result = KernelTestCondition.decide(MIN, new Machine(MIN, true, true, List.of()));
        assertThat(result.isDisabled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"6.1,6,1", "6.1.0-32-amd64,6,1", "6.18.5,6,18", "6.12-rc3,6,12"})
    void releasesAreRead(String release, int major, int minor) {
        assertThat(KernelVersion.parse(release)).isEqualTo(new KernelVersion(major, minor));
    }

    @Test
    void versionsCompareAsNumbers() {
        assertThat(KernelVersion.parse("6.10")).isGreaterThan(KernelVersion.parse("6.9"));
        assertThatThrownBy(() -> KernelVersion.parse("six")).hasMessage("not a kernel release: six");
    }
}
