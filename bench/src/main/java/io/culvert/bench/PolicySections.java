// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the page says of [PolicyCostBenchmark].
final class PolicySections {

    /// By how much a verdict may cost more with many rules than with few.
    private static final double FLATNESS = 10;

    private PolicySections() {}

    static Page.Section cost(List<PolicyCostBenchmark.Cost> costs) {
        Map<String, TreeMap<Integer, Double>> byCase = new LinkedHashMap<>();
        costs.forEach(cost ->
                byCase.computeIfAbsent(cost.what(), _ -> new TreeMap<>()).put(cost.rules(), cost.nanos()));
        StringBuilder text = new StringBuilder("""
                ## Policies

                Nanoseconds of a program by test runs, the median over 32 peers. A pod has that many rules; half of them
                name the labels of one pod each, a quarter one address, a quarter a block of 256. A verdict is what a new connection costs; established packets ask
                nothing. The column without policies is the same program while nothing is enforced.

                | what | no policies | 10 rules | 1,000 | 10,000 |
                |---|---|---|---|---|
                """);
        List<Figure> figures = new ArrayList<>();
        byCase.forEach((what, nanos) -> {
            text.append("| %s | %s | %.0f | %.0f | %.0f |%n"
                    .formatted(
                            what,
                            nanos.containsKey(0) ? "%.0f".formatted(nanos.get(0)) : "",
                            nanos.get(10),
                            nanos.get(1_000),
                            nanos.get(10_000)));
            if (what.startsWith("verdict")) {
                double more = (nanos.getOrDefault(10_000, Double.NaN) / nanos.getOrDefault(10, Double.NaN) - 1) * 100;
                figures.add(Figure.atMost(what + ": 10,000 rules above 10", more, FLATNESS, " %"));
            }
        });
        return new Page.Section(text.toString(), figures);
    }

    static Page.Section traffic(List<PolicyTrafficBenchmark.Series> all) {
        StringBuilder text = new StringBuilder("""
                ## Traffic of pods with policies

                Pod to pod on one node, routed pods. Both pods are isolated in both directions by 100 rules each. The same pods without
                policies take turns with them.

                | mode | no policies | 100 policies | ratio |
                |---|---|---|---|
                """);
        List<Figure> figures = new ArrayList<>();
        for (PolicyTrafficBenchmark.Series series : all) {
            text.append("| %s | %,.0f | %,.0f | %.3f |%n"
                    .formatted(series.mode(), Median.of(series.free()), Median.of(series.held()), series.ratio()));
            boolean connections = series.mode().equals("crr");
            figures.add(Figure.atLeast(
                    (connections ? "connections/s" : "round trips/s") + " with 100 policies, of none",
                    series.ratio(),
                    connections ? 0.97 : 0.99,
                    " x"));
        }
        return new Page.Section(text.toString(), figures);
    }
}
