// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.culvert.maps.SelectionTable;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ScheduleTest {

    private final long seed = Long.getLong("seed", new Random().nextLong());

    private static int[] places(SelectionTable table) {
        return IntStream.range(0, table.size()).map(table::place).toArray();
    }

    @Test
    void equalWeightsNeedNoTable() {
        assertThat(Schedule.of(new int[] {7, 7, 7})).isEqualTo(SelectionTable.EMPTY);
        assertThat(Schedule.of(new int[0])).isEqualTo(SelectionTable.EMPTY);
    }

    @Test
    void turnsAreEvenlySpread() {
        assertThat(places(Schedule.of(new int[] {50, 10, 10}))).containsExactly(0, 0, 0, 1, 2, 0, 0);
        assertThat(places(Schedule.of(new int[] {9, 1}))).hasSize(10).containsOnlyOnce(1);
    }

    @Test
    void noWeightIsNoTurn() {
        assertThat(places(Schedule.of(new int[] {2, 0, 4}))).containsExactlyInAnyOrder(0, 2, 2);
    }

    @Test
    void everyShareIsExactWhereTurnsAreFew() {
        System.out.println("-Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int[] weights = random.ints(1 + random.nextInt(20), 0, 300).toArray();
            weights[0] = 1 + random.nextInt(299);
            SelectionTable table = Schedule.of(weights);
            if (table.size() == 0) {
                continue;
            }
            int[] shares = table.shares(weights.length);
            for (int i = 0; i < weights.length; i++) {
                assertThat((long) shares[i] * Arrays.stream(weights).sum())
                        .as("%s, seed %d", Arrays.toString(weights), seed)
                        .isEqualTo((long) weights[i] * table.size());
            }
            requireSpread(table, weights);
        }
    }

    /// Wherever one looks, a backend has had its part of the turns, but for two of its own.
    private void requireSpread(SelectionTable table, int[] weights) {
        double sum = Arrays.stream(weights).sum();
        int[] had = new int[weights.length];
        for (int i = 0; i < table.size(); i++) {
            had[table.place(i)]++;
            int place = table.place(i);
            assertThat((double) had[place])
                    .as("turns of %d after %d of %s, seed %d", place, i, Arrays.toString(weights), seed)
                    .isCloseTo((i + 1) * weights[place] / sum, within(1.0 + weights.length / 2.0));
        }
    }

    @Test
    void sharesAreRoundedWhereTurnsWouldBeTooMany() {
        int[] weights = {65_535, 65_534, 1, 0, 32_771};

        SelectionTable table = Schedule.of(weights);

        assertThat(table.size()).isEqualTo(Schedule.MOST);
        int[] shares = table.shares(weights.length);
        double sum = Arrays.stream(weights).sum();
        for (int i = 0; i < weights.length; i++) {
            assertThat((double) shares[i]).isCloseTo(weights[i] / sum * Schedule.MOST, within(1.0));
        }
        assertThat(shares[2]).isEqualTo(1);
        assertThat(shares[3]).isZero();
    }
}
