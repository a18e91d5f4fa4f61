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

    private record Measured(String name, String family) {}

    static Page.Section cost(List<PolicyCostBenchmark.Cost> costs) {
        Map<Measured, TreeMap<Integer, Double>> byCase = new LinkedHashMap<>();
        costs.forEach(cost -> byCase.computeIfAbsent(
                        new Measured(cost.what(), cost.family().apiName()), _ -> new TreeMap<>())
                .put(cost.rules(), cost.nanos()));
        StringBuilder text = new StringBuilder("""
                ## Policies

                Nanoseconds of a program by test runs, the median over 32 peers. A pod has that many rules; half of them
                name the labels of one pod each, a quarter one address, a quarter a block: of IPv4 one of 256 addresses, which an index finds, of
                IPv6 a /64, by an index as well. Beside them there is a pod of which that many rules name a port each. A verdict is what a new connection costs;
                established packets ask nothing. The column without policies is the same program while nothing is enforced.

                | what | family | no policies | 10 rules | 1,000 | 10,000 |
                |---|---|---|---|---|---|
                """);
        List<Figure> figures = new ArrayList<>();
        byCase.forEach((what, nanos) -> {
            text.append("| %s | %s | %s | %.0f | %.0f | %.0f |%n"
                    .formatted(
                            what.name(),
                            what.family(),
                            nanos.containsKey(0) ? "%.0f".formatted(nanos.get(0)) : "",
                            nanos.get(10),
                            nanos.get(1_000),
                            nanos.get(10_000)));
            if (what.name().startsWith("verdict")) {
                double more = (nanos.getOrDefault(10_000, Double.NaN) / nanos.getOrDefault(10, Double.NaN) - 1) * 100;
                figures.add(Figure.atMost(
                        "%s, %s: 10,000 rules above 10".formatted(what.name(), what.family()), more, FLATNESS, " %"));
            }
        });
        return new Page.Section(text.toString(), figures);
    }

    static Page.Section traffic(List<PolicyTrafficBenchmark.Result> all) {
        StringBuilder text = new StringBuilder("""
                ## Traffic of pods with policies

                Pod to pod on one node, routed pods; `crr`: one connection after the other, `rr`: round trips on one,
                `crr8`, `rr8`: eight at a time, so that no processor waits. Both pods are isolated in both directions by 100 NetworkPolicies, whose objects
                are compiled and published as the agent does it. One load goes on while policies begin or cease to be enforced, %d times a second. The client goes round
                its ports in some seconds, so that most connections open again what was asked before. Where it says `first`, a policy changes
                before each turn, and each connection is asked about. One after the other is mostly waking who waits, which may be faster with
                policies by chance: what these cost is told by eight at a time.

                | mode | family | no policies | 100 policies | ratio | standard error |
                |---|---|---|---|---|---|
                """.formatted(SwitchedLoad.Turns.OF_PROGRAMS.changes()));
        List<Figure> figures = new ArrayList<>();
        for (PolicyTrafficBenchmark.Result result : all) {
            String family = result.family().apiName();
            text.append(result.series().row(result.load() + " | " + family));
            figures.add(Figure.atLeast(
                    "%s, %s, with 100 policies, of none".formatted(result.load().unit(), family),
                    result.series().ratio(),
                    result.load().mode().connects() ? 0.97 : 0.99,
                    " x"));
        }
        return new Page.Section(text.toString(), figures);
    }

    static Page.Section addresses(PolicyAddressBenchmark.Result result) {
        String text = """
                ## Addresses of pods elsewhere

                %,d pods of both families on 500 other nodes, from the API server, with 200 policies: %,d addresses in `ipcache`. Objects
                on the agent's heap that are still in use behind a full collection, of one that has the policies alone, and of one that has
                all of it.

                | what | |
                |---|---|
                | heap without the pods, MiB | %.1f |
                | heap with them, MiB | %.1f |
                | resident memory with them, MiB | %.0f |
                """.formatted(
                        PolicyAddressBenchmark.PODS,
                        PolicyAddressBenchmark.ADDRESSES,
                        result.emptyMebibytes(),
                        result.fullMebibytes(),
                        result.residentMebibytes());
        return new Page.Section(
                text,
                List.of(Figure.atMost("heap for 150,000 addresses of pods in ipcache", result.growth(), 60, " MiB")));
    }

    static Page.Section scale(PolicyScaleBenchmark.Result result) {
        double label = Median.quantile(result.labelMillis(), 0.99);
        double policy = Median.quantile(result.policyMillis(), 0.99);
        double growth = result.fullMebibytes() - result.emptyMebibytes();
        String text = """
                ## A large cluster of policies

                5,000 pods in 500 namespaces, 2,000 policies, 110 of the pods on the node, from the API server. A change is a pod's other
                label, or a new policy for pods of the node; its time runs from before the object is put into the API server to the
                moment when programs decide by it. Growth is of an agent's resident memory over one that has an empty cluster. The ready line:
                `%s`.

                | what | |
                |---|---|
                | full compilation, ms | %.0f |
                | a pod's label, median and p99 of %d, ms | %.2f, %.2f |
                | processor time of the agent for one, ms | %.1f |
                | a new policy, median and p99 of %d, ms | %.2f, %.2f |
                | processor time of the agent for one, ms | %.1f |
                | resident memory with an empty cluster, with this one, MiB | %.0f, %.0f |
                """.formatted(
                        result.ready(),
                        result.compileMillis(),
                        result.labelMillis().size(),
                        Median.of(result.labelMillis()),
                        label,
                        result.labelCpuMillis(),
                        result.policyMillis().size(),
                        Median.of(result.policyMillis()),
                        policy,
                        result.policyCpuMillis(),
                        result.emptyMebibytes(),
                        result.fullMebibytes());
        return new Page.Section(
                text,
                List.of(
                        Figure.atMost("full compilation of 2,000 policies", result.compileMillis(), 2_000, " ms"),
                        Figure.atMost("one pod's label to the kernel, p99", label, 20, " ms"),
                        Figure.atMost("policy object to enforcement, p99", policy, 50, " ms"),
                        Figure.atMost("memory for 5,000 pods and 2,000 policies", growth, 120, " MiB")));
    }

    static Page.Section attach(List<Double> millis) {
        double last = Median.quantile(millis, 0.99);
        return new Page.Section(
                """
                ## A new pod's interface

                Time from before a veth is set up, with its route, to the programs at it; one pod after the other on a node that keeps all of
                them (routed pods).

                | pods | median, ms | p99, ms | most, ms |
                |---|---|---|---|
                | %d | %.2f | %.2f | %.2f |
                """.formatted(millis.size(), Median.of(millis), last, Median.quantile(millis, 1)),
                List.of(Figure.atMost("link up to programs, p99", last, 50, " ms")));
    }
}
