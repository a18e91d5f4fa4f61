// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A load that goes on while something is switched on and off: nothing else is different from turn to turn, so that
/// differences of some percent can be told from chance.
///
/// @param target address and port
record SwitchedLoad(LoadProgram program, LabPod client, List<String> target, Turns turns) {

    /// How long a turn is, in milliseconds: the shorter, the more alike is the machine in both turns of a round.
    ///
    /// @param settling until what is switched shows in what follows
    /// @param counted behind that
    record Turns(long settling, long counted) {

        /// Events wait to be read, and their reader is to work in the turn in which they are told.
        static final Turns OF_EVENTS = new Turns(120, 130);

        /// Programs do another thing, or others run, from the next packet on.
        static final Turns OF_PROGRAMS = new Turns(10, 40);

        /// How often what is switched changes in a second.
        long changes() {
            return 1000 / (settling + counted);
        }
    }

    /// Of a median, in distances of quartiles, where what was measured is normally distributed: sqrt(pi / 2) / 1.349.
    private static final double MEDIAN_ERROR = 0.93;

    /// What is on in one turn of a round and off in the other.
    @FunctionalInterface
    interface Switch {

        void turn(boolean on) throws InterruptedException;
    }

    /// @param off rates of the turns in which it was off, one of each round
    /// @param on rates of the others
    record Series(LoadMode mode, List<Double> off, List<Double> on) {

        /// The median over the rounds of the ratio within a round.
        double ratio() {
            return Median.of(ratios());
        }

        /// The standard error of that, by the quartiles: some turns meet a machine that stands still.
        double error() {
            double quartiles = Median.quantile(ratios(), 0.75) - Median.quantile(ratios(), 0.25);
            return MEDIAN_ERROR * quartiles / Math.sqrt(off.size());
        }

        /// Of a table: mode, the rate while it was off, that while it was on, ratio, standard error.
        String row() {
            return row(mode.toString());
        }

        /// The same with other cells in place of the mode.
        String row(String first) {
            return "| %s | %,.0f | %,.0f | %.3f | %.3f |%n"
                    .formatted(first, Median.of(off), Median.of(on), ratio(), error());
        }

        private List<Double> ratios() {
            return IntStream.range(0, off.size())
                    .mapToObj(round -> on.get(round) / off.get(round))
                    .toList();
        }
    }

    /// @param what for the progress line
    Series measure(String what, LoadMode mode, int rounds, Switch change) throws InterruptedException {
        LabProcess process = program.startEndless(client, mode.toString(), target);
        TcpCounter done = TcpCounter.of(process, mode);
        Series series = new Series(mode, new ArrayList<>(), new ArrayList<>());
        for (int round = 0; round <= rounds; round++) {
            Progress.say("%s: %s, round %d of %d".formatted(what, mode, round, rounds));
            // Who goes first changes, because the machine may become faster or slower within a round.
            for (boolean on : round % 2 == 0 ? new boolean[] {false, true} : new boolean[] {true, false}) {
                change.turn(on);
                Thread.sleep(turns.settling());
                double rate = done.rate(turns.counted());
                // The first round warms caches and is thrown away.
                if (round > 0) {
                    (on ? series.on() : series.off()).add(rate);
                }
            }
        }
        double _ = LoadProgram.stop(process);
        return series;
    }
}
