// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Rates of contenders that took turns within each round. A ratio is taken within a round, so that a slow moment of the
/// machine meets all of them.
///
/// @param byContender one rate of each round
record Rates(Map<Contender, List<Double>> byContender) {

    /// @param what for the progress line
    /// @param turn measures one contender once
    static Rates measure(String what, int rounds, List<Contender> contenders, ToDoubleFunction<Contender> turn) {
        Map<Contender, List<Double>> rates = new EnumMap<>(Contender.class);
        for (int round = 0; round <= rounds; round++) {
            Progress.say("%s, round %d of %d".formatted(what, round, rounds));
            for (Contender contender : contenders) {
                double rate = turn.applyAsDouble(contender);
                // The first round warms caches and is thrown away.
                if (round > 0) {
                    rates.computeIfAbsent(contender, _ -> new ArrayList<>()).add(rate);
                }
            }
        }
        return new Rates(rates);
    }

    /// The median over the rounds.
    double rate(Contender contender) {
        return Median.of(of(contender));
    }

    /// The median over the rounds of the ratio to another's rate in the same round.
    double ratio(Contender contender, Contender base) {
        List<Double> own = of(contender);
        List<Double> other = of(base);
        return Median.of(IntStream.range(0, own.size())
                .mapToObj(round -> own.get(round) / other.get(round))
                .toList());
    }

    /// Whether a contender took part.
    boolean has(Contender contender) {
        return !of(contender).isEmpty();
    }

    private List<Double> of(Contender contender) {
        return byContender.getOrDefault(contender, List.of());
    }
}
