// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HubbleWordsTest {

    @ParameterizedTest
    @EnumSource
    void whateverProgramsDropForHasAText(DropReason reason) {
        assertThat(HubbleWords.drop(reason.number())).doesNotContain("unknown");
    }
}
