// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.selection;

import io.culvert.maps.SelectionTable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/// Turns of backends by their weights: each as often as its weight says, as evenly spread as possible, so that
/// programs need no more than a counter.
///
/// Weights are divided by what divides them all. If more turns than [#MOST] remain, shares are rounded to that many, by
/// the largest remainder and never to none: a share then differs from what was asked for by less than one turn, or is
/// one.
final class Schedule {

    /// Turns, unless there are so many backends that each could not have four.
    static final int MOST = 16_384;

    /// A backend and the time of its next turn, in units that are the same for all: (2k + 1) / (2 weight).
    private record Turn(int place, int weight, int number) {

        double time() {
            return (2.0 * number + 1) / (2.0 * weight);
        }
    }

    private Schedule() {}

    /// No entries where all weights are equal.
    ///
    /// @param weights by place, 0 to 65,535; those with 0 have no turns
    static SelectionTable of(int[] weights) {
        if (Arrays.stream(weights).distinct().count() <= 1) {
            return SelectionTable.EMPTY;
        }
        int[] turns = turns(weights);
        int length = Arrays.stream(turns).sum();
        PriorityQueue<Turn> queue =
                new PriorityQueue<>(Comparator.comparingDouble(Turn::time).thenComparingInt(Turn::place));
        for (int place = 0; place < turns.length; place++) {
            if (turns[place] > 0) {
                queue.add(new Turn(place, turns[place], 0));
            }
        }
        int[] places = new int[length];
        for (int i = 0; i < length; i++) {
            Turn next = queue.remove();
            places[i] = next.place;
            if (next.number + 1 < next.weight) {
                queue.add(new Turn(next.place, next.weight, next.number + 1));
            }
        }
        return SelectionTable.of(places);
    }

    /// How many turns each weight has.
    static int[] turns(int[] weights) {
        long divisor = Arrays.stream(weights).asLongStream().reduce(0, GreatestCommonDivisor::of);
        int[] turns =
                Arrays.stream(weights).map(weight -> (int) (weight / divisor)).toArray();
        int most = Math.max(MOST, 4 * weights.length);
        return Arrays.stream(turns).asLongStream().sum() <= most ? turns : rounded(turns, most);
    }

    private static int[] rounded(int[] weights, int most) {
        long sum = Arrays.stream(weights).asLongStream().sum();
        int[] turns = new int[weights.length];
        int given = 0;
        for (int i = 0; i < weights.length; i++) {
            turns[i] = (int) ((long) weights[i] * most / sum);
            if (turns[i] == 0 && weights[i] > 0) {
                turns[i] = 1;
            }
            given += turns[i];
        }
        int[] byRemainder = IntStream.range(0, weights.length)
                .filter(i -> weights[i] > 0)
                .boxed()
                .sorted(Comparator.comparingLong((Integer i) -> -((long) weights[i] * most % sum))
                        .thenComparingInt(i -> i))
                .mapToInt(i -> i)
                .toArray();
        for (int i = 0; i < byRemainder.length && given < most; i++, given++) {
            turns[byRemainder[i]]++;
        }
        return turns;
    }
}
