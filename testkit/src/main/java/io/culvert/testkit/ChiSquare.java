// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

/// Whether counts are those of a distribution, by Pearson's test.
public final class ChiSquare {

    /// Quantile of the normal distribution beyond which lies one in two million.
    private static final double QUANTILE = 4.9;

    private ChiSquare() {}

    /// The sum of squared differences, each divided by what is expected. What is expected must be 5 or more
    /// everywhere.
    ///
    /// @param expected in the same order; the sums are equal
    public static double statistic(long[] counts, double[] expected) {
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            if (expected[i] < 5) {
                throw new IllegalArgumentException("too few expected: " + expected[i]);
            }
            sum += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
        }
        return sum;
    }

    /// What the statistic of counts that are of the distribution exceeds less than once in a million times
    /// (Wilson and Hilferty's approximation).
    ///
    /// @param categories at least 2
    public static double bound(int categories) {
        double freedom = categories - 1.0;
        double part = 2 / (9 * freedom);
        return freedom * Math.pow(1 - part + QUANTILE * Math.sqrt(part), 3);
    }
}
