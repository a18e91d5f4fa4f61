// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.List;

/// Order statistics of a sample.
final class Median {

    private Median() {}

    static double of(List<Double> sample) {
        return quantile(sample, 0.5);
    }

    /// The smallest value that is not below a share `q` of the sample.
    static double quantile(List<Double> sample, double q) {
        List<Double> sorted = sample.stream().sorted().toList();
        return sorted.get(Math.clamp((int) Math.ceil(q * sorted.size()) - 1, 0, sorted.size() - 1));
    }
}
