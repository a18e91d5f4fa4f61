// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.PolicyPorts;
import io.culvert.policy.Cell;
import io.culvert.policy.PortSpace;
import io.culvert.policy.PortTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The index answers what a search does, in as many steps as there are levels. `-Dports.seed=N` plays one table again.
final class PortLevelsTest {

    private static final int TABLES = Integer.getInteger("ports.tables", 300);
    private static final int FIRST_STEP = 1000;
    private static final int FIRST_WORD = 500_000;

    @Test
    void randomTablesAnswerAsASearchDoes() {
        long given = Long.getLong("ports.seed", System.nanoTime());
        System.out.println("PortLevelsTest: -Dports.seed=" + given);
        for (long seed = given; seed < given + TABLES; seed++) {
            Random random = new Random(seed);
            SortedSet<Integer> starts = new TreeSet<>(List.of(0));
            int count = random.nextInt(200);
            int range = random.nextBoolean() ? PortSpace.END : 300;
            for (int i = 0; i < count; i++) {
                starts.add(random.nextInt(range));
            }
            check(table(starts), seed);
        }
    }

    @Test
    void eachNumberMayBeAStepOfItsOwn() {
        SortedSet<Integer> starts = new TreeSet<>();
        for (int number = 0; number < PortSpace.END; number++) {
            starts.add(number);
        }
        int[] words = PortLevels.of(table(starts));
        assertThat(words).hasSize(64 + 64 * 64 + 64 * 64 * 64);
        for (int number = 0; number < PortSpace.END; number++) {
            assertThat(find(words, number)).isEqualTo(number);
        }
    }

    /// Ends of steps, what is beside them, and any.
    private static void check(PortTable table, long seed) {
        int[] words = PortLevels.of(table);
        List<Integer> numbers = new ArrayList<>(List.of(PortSpace.END - 1));
        table.steps().forEach(step -> {
            numbers.add(step.start());
            numbers.add(Math.max(0, step.start() - 1));
            numbers.add(Math.min(PortSpace.END - 1, step.start() + 1));
        });
        new Random(seed).ints(100, 0, PortSpace.END).forEach(numbers::add);
        for (int number : numbers) {
            assertThat(table.steps().get(find(words, number)).cell())
                    .as("seed %d, %d", seed, number)
                    .isEqualTo(table.at(number));
        }
    }

    /// As programs do it, where the words and the steps lie elsewhere than at 0.
    private static int find(int[] words, int number) {
        int word = FIRST_WORD;
        for (int level = PolicyPorts.INDEX_LEVELS - 1; level >= 0 && word > 0; level--) {
            int bits = (number >> (level * PolicyPorts.INDEX_BITS)) & ((1 << PolicyPorts.INDEX_BITS) - 1);
            word = PortLevels.moved(words[word - FIRST_WORD + bits], FIRST_STEP, FIRST_WORD);
        }
        assertThat(word).as("a step").isNegative();
        return (word & ~PolicyPorts.INDEX_STEP) - FIRST_STEP;
    }

    private static PortTable table(SortedSet<Integer> starts) {
        List<PortTable.Step> steps = new ArrayList<>();
        starts.forEach(start -> steps.add(new PortTable.Step(start, new Cell(null, steps.size(), null))));
        return new PortTable(steps);
    }
}
