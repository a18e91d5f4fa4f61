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
    void aNumberThatIsFoundIsAvoidedUntilItIsSweptAway() {
        numbers.avoid(1);
        assertThat(numbers.number("web")).isEqualTo(2);

        numbers.retain(Set.of());

        assertThat(numbers.number("other")).isEqualTo(3);
        assertThat(numbers.number("third")).isEqualTo(2);
        assertThatThrownBy(() -> numbers.number("fourth")).isInstanceOf(MapFullException.class);
        numbers.sweep();
        assertThat(numbers.number("fourth")).isEqualTo(1);
    }

    @Test
    void numbersBelowTheFirstAreNeverGiven() {
        Numbers<String> few = new Numbers<>("identities", 256, 258);

        few.avoid(3);
        assertThat(few.number("web")).isEqualTo(256);
        assertThat(few.number("client")).isEqualTo(257);
        assertThatThrownBy(() -> few.number("other")).isInstanceOf(MapFullException.class);
        few.sweep();
        few.retain(Set.of("client"));
        assertThat(few.number("other")).isEqualTo(256);
    }
}
