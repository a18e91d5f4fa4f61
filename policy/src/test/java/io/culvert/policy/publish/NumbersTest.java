// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.maps.MapFullException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NumbersTest {

    private final Numbers<String> numbers = new Numbers<>("endpoints", 4);

    /// A first publication after a restart that is refused leaves the maps as they were found.
    @Test
    void aNumberThatWasClaimedInVainIsStillAvoided() {
        numbers.avoid(1);
        assertThat(numbers.claim("web", 1)).isTrue();

        numbers.retain(Set.of());

        assertThat(numbers.number("other")).isEqualTo(2);
        assertThat(numbers.number("third")).isEqualTo(3);
        assertThatThrownBy(() -> numbers.number("fourth")).isInstanceOf(MapFullException.class);
        assertThat(numbers.claim("web", 1)).as("by whom it was meant for").isTrue();
    }

    @Test
    void aNumberIsClaimedOnce() {
        numbers.avoid(1);
        assertThat(numbers.claim("web", 1)).isTrue();
        assertThat(numbers.claim("other", 1)).isFalse();
        assertThat(numbers.claim("web", 0)).isFalse();
        assertThat(numbers.claim("web", 4)).isFalse();
    }

    @Test
    void aSweepFreesWhatNobodyClaimed() {
        numbers.avoid(1);
        numbers.avoid(2);
        assertThat(numbers.claim("web", 1)).isTrue();

        numbers.sweep();

        assertThat(numbers.known()).containsEntry("web", 1);
        assertThat(numbers.number("b")).isEqualTo(2);
        assertThat(numbers.number("c")).isEqualTo(3);
        numbers.retain(Set.of("c"));
        assertThat(numbers.number("d"))
                .as("a claimed number is freed as any other")
                .isEqualTo(1);
    }
}
