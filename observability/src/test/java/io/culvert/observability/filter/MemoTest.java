// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Answers that are kept.
final class MemoTest {

    private static final int MANY = 5_000;

    private int asked;
    private boolean turned;
    private final Memo memo = new Memo((first, second, third) -> {
        asked++;
        return (first + second + third) % 2 == 0 != turned;
    });

    private void askAll() {
        for (int number = 0; number < MANY; number++) {
            int third = number % 3 - 1;
            assertThat(memo.test(number, 10L * number, third)).isEqualTo((11L * number + third) % 2 == 0 != turned);
        }
    }

    @Test
    void aQuestionIsAskedOnce() {
        assertThat(memo.test(1, 2, 3)).isTrue();
        assertThat(memo.test(1, 2, 3)).isTrue();

        assertThat(asked).isEqualTo(1);
    }

    @Test
    void eachOfAllPodsOfALargeClusterIsAskedOnce() {
        askAll();
        askAll();

        assertThat(asked).isEqualTo(MANY);
    }

    @Test
    void whatIsMoreThanThereIsRoomForIsAnsweredToo() {
        for (int number = 0; number < 100 * MANY; number++) {
            assertThat(memo.test(number, 0, 0)).isEqualTo(number % 2 == 0);
        }
    }

    @Test
    void whatIsForgottenIsAskedAgain() {
        askAll();
        turned = true;

        memo.clear();

        askAll();
    }
}
