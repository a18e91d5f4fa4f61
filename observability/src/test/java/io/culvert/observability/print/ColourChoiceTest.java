// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ColourChoiceTest {

    @ParameterizedTest
    @CsvSource({
        "auto, true, , true",
        "auto, true, 1, false",
        "auto, true, '', false",
        "auto, false, , false",
        "always, false, 1, true",
        "Never, true, , false"
    })
    void aTerminalHasColoursUnlessItsUserWantsNone(
            String choice, boolean terminal, @Nullable String refusal, boolean painted) {
        assertThat(ColourChoice.of(choice).map(known -> known.isPainted(terminal, refusal)))
                .contains(painted);
    }

    @Test
    void othersAreNone() {
        assertThat(ColourChoice.of("often")).isEmpty();
    }
}
