// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.culvert.maps.Backend;
import io.culvert.maps.SelectionTable;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MaglevTest {

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);

    /// Backends of pods anywhere in a cluster.
    private List<Backend> backends(int count, IntUnaryOperator weight) {
        System.out.println("-Dseed=" + seed);
        return IntStream.range(0, count)
                .mapToObj(
                        i -> backend("10." + random.nextInt(256) + "." + i / 250 + "." + i % 250, weight.applyAsInt(i)))
                .toList();
    }

    private static Backend backend(String address, int weight) {
        return new Backend(IpAddress.of(address), 8080, weight, 1, 0, false, false);
    }

    /// The part of all keys that another backend has, of those whose backend is still there.
    private static double moved(
            List<Backend> before, SelectionTable first, List<Backend> after, SelectionTable second) {
        int moved = 0;
        for (int entry = 0; entry < first.size(); entry++) {
            Backend had = before.get(first.place(entry));
            Backend has = after.get(second.place(entry));
            if (!had.equals(has) && after.contains(had)) {
                moved++;
            }
        }
        return (double) moved / first.size();
    }

    @Test
    void atMostOnePercentOfKeysMoveWhoseBackendStays() {
        List<Backend> before = backends(100, _ -> 1);
        SelectionTable first = Maglev.of(before);
        double worst = 0;
        for (int gone = 0; gone < before.size(); gone++) {
            List<Backend> after = new ArrayList<>(before);
            after.remove(gone);
            worst = Math.max(worst, moved(before, first, after, Maglev.of(after)));
        }
        System.out.printf("at most %.3f %% of keys moved beyond those of the backend that went%n", worst * 100);
        assertThat(worst).as("seed %d", seed).isLessThanOrEqualTo(0.01);
    }

    @Test
    void aPartOfTheKeysMovesToABackendThatComes() {
        List<Backend> after = backends(100, _ -> 1);
        List<Backend> before = after.subList(0, 99);

        SelectionTable second = Maglev.of(after);

        double all = moved(before, Maglev.of(before), after, second);
        double own = (double) second.shares(100)[99] / second.size();
        assertThat(all - own).as("seed %d", seed).isLessThanOrEqualTo(0.01);
    }

    @Test
    void everyBackendHasItsPart() {
        for (int count : new int[] {1, 2, 3, 10, 32, 33, 100, 1000}) {
            List<Backend> set = backends(count, _ -> 1);
            SelectionTable table = Maglev.of(set);
            for (int share : table.shares(count)) {
                assertThat((double) share)
                        .as("%d backends, seed %d", count, seed)
                        .isCloseTo((double) table.size() / count, within(1.0));
            }
        }
    }

    @Test
    void everyBackendHasThePartOfItsWeight() {
        List<Backend> set = backends(50, i -> i % 10);
        SelectionTable table = Maglev.of(set);
        int sum = set.stream().mapToInt(Backend::weight).sum();
        int[] shares = table.shares(50);
        for (int i = 0; i < 50; i++) {
            assertThat((double) shares[i])
                    .as("seed %d", seed)
                    .isCloseTo((double) table.size() * set.get(i).weight() / sum, within(2.0));
        }
    }

    @Test
    void everyNodeMakesTheSameTable() {
        List<Backend> set = backends(60, i -> 1 + i % 3);
        List<Backend> elsewhere = new ArrayList<>(set.stream()
                .map(backend -> new Backend(
                        backend.address(), backend.port(), backend.weight(), backend.id() + 77, 3, true, false))
                .toList());
        Collections.shuffle(elsewhere, random);

        SelectionTable one = Maglev.of(set);
        SelectionTable other = Maglev.of(elsewhere);

        for (int entry = 0; entry < one.size(); entry++) {
            assertThat(elsewhere.get(other.place(entry)).address())
                    .as("seed %d", seed)
                    .isEqualTo(set.get(one.place(entry)).address());
        }
    }

    @Test
    void sizesArePrime() {
        for (int size : new int[] {Maglev.SMALL, Maglev.LARGE}) {
            assertThat(IntStream.range(2, size).noneMatch(divisor -> size % divisor == 0))
                    .isTrue();
        }
    }

    /// What other nodes computed before an upgrade is what they compute after it.
    @Test
    void theTableIsTheOneOfEarlierVersions() {
        List<Backend> set = List.of(backend("10.1.0.2", 1), backend("10.1.0.3", 2), backend("fd00::7", 1));
        SelectionTable table = Maglev.of(set);

        assertThat(IntStream.range(0, table.size()).map(table::place).reduce(0, (hash, place) -> 31 * hash + place))
                .isEqualTo(-2127453815);
    }
}
