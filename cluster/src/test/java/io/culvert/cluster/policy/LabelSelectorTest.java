// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.LabelRequirement.Operator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LabelSelectorTest {

    private static final Map<String, String> RED = Map.of("colour", "red", "empty", "");
    private static final Map<String, String> BARE = Map.of();

    @Test
    void theEmptySelectorMatchesEverything() {
        assertThat(LabelSelector.EVERYTHING.matches(RED)).isTrue();
        assertThat(LabelSelector.EVERYTHING.matches(BARE)).isTrue();
    }

    @Test
    void inWantsOneOfTheValues() {
        assertThat(selects(Operator.IN, RED, "blue", "red")).isTrue();
        assertThat(selects(Operator.IN, RED, "blue")).isFalse();
        assertThat(selects(Operator.IN, BARE, "red")).isFalse();
    }

    @Test
    void notInMatchesAlsoWhatLacksTheKey() {
        assertThat(selects(Operator.NOT_IN, RED, "red")).isFalse();
        assertThat(selects(Operator.NOT_IN, RED, "blue")).isTrue();
        assertThat(selects(Operator.NOT_IN, BARE, "red")).isTrue();
    }

    @Test
    void existsAndDoesNotExistAskForTheKey() {
        assertThat(selects(Operator.EXISTS, RED)).isTrue();
        assertThat(selects(Operator.EXISTS, BARE)).isFalse();
        assertThat(selects(Operator.DOES_NOT_EXIST, RED)).isFalse();
        assertThat(selects(Operator.DOES_NOT_EXIST, BARE)).isTrue();
    }

    @Test
    void anEmptyValueIsAValue() {
        LabelSelector selector = new LabelSelector(Map.of("empty", ""), List.of());

        assertThat(selector.matches(RED)).isTrue();
        assertThat(selector.matches(BARE)).isFalse();
    }

    @Test
    void labelsAndExpressionsMustAllBeTrue() {
        LabelSelector selector = new LabelSelector(
                Map.of("colour", "red"), List.of(new LabelRequirement("size", Operator.EXISTS, Set.of())));

        assertThat(selector.matches(RED)).isFalse();
        assertThat(selector.matches(Map.of("size", "big"))).isFalse();
        assertThat(selector.matches(Map.of("colour", "red", "size", "big"))).isTrue();
        assertThat(selector.keys()).containsExactlyInAnyOrder("colour", "size");
    }

    private static boolean selects(Operator operator, Map<String, String> labels, String... values) {
        return new LabelSelector(Map.of(), List.of(new LabelRequirement("colour", operator, Set.of(values))))
                .matches(labels);
    }
}
