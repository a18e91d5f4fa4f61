// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `docs/performance.md`.
final class Page {

    private final StringBuilder text;
    private final List<Figure> figures = new ArrayList<>();

    /// @param command that measured it
    Page(String command) {
        text = new StringBuilder("""
            # Performance

            Written by the benchmark, as measured, whether expectations are met or not:

            ```
            %s
            ```

            Measured on %s.

            Contenders run side by side in one lab, each on a node of its own, and take turns in every round; a ratio is the
            median over the rounds of the ratio within a round. Absolute rates of such a machine vary by a third and more
            and mean little; ratios mean more. The server, and a client that does one thing after the other, each stay on a processor of
            their own; eight clients at a time run on any.

            `--kube-proxy PATH` lets the program of that name take part in the section Traffic, in mode nftables, with an API server of
            its own. Names of sections' parts run these alone and print the page instead of writing it.

            """.formatted(command, Machine.describe()));
    }

    void traffic(List<TrafficBenchmark.Series> all) {
        Set<Contender> taking = all.getFirst().rates().byContender().keySet();
        text.append("""
                ## Traffic

                Pod to ClusterIP to pod on one node, routed pods, one client thread and one server thread. `crr`: connect,
                one byte each way, close, connections/s; most of that is waking who waits. `rr`: round trips of one byte on an open connection, per second.
                `crr8`, `rr8`: the same by eight client threads, so that no processor waits, which shows what each costs.
                In parentheses the ratio to the direct connection. The Service is the one in the middle of the cluster, and
                has one endpoint. Culvert: with `fast-path: auto`; stack: with its default settings.
                nftables and iptables are rules laid out as kube-proxy 1.36 lays them out. IPVS: %s.

                | mode | Services |%s
                |---|---|%s
                """.formatted(
                taking.contains(Contender.IPVS)
                        ? "as kube-proxy's mode ipvs sets it up, scheduler rr"
                        : Ipvs.missing().map(why -> "not measured, " + why).orElse("not measured"),
                each(taking, contender -> " " + contender.title() + " |"),
                each(taking, _ -> "---|")));
        for (TrafficBenchmark.Series series : all) {
            Rates rates = series.rates();
            text.append("| %s | %,d |".formatted(series.mode(), series.services()))
                    .append(each(
                            taking,
                            contender -> contender == Contender.DIRECT
                                    ? " %,.0f |".formatted(rates.rate(contender))
                                    : " %,.0f (%.3f) |"
                                            .formatted(
                                                    rates.rate(contender), rates.ratio(contender, Contender.DIRECT))))
                    .append('\n');
        }
        text.append('\n');
        for (TrafficBenchmark.Series series : all) {
            boolean connections = series.mode().connects();
            String what = "%s of %%s at %,d Services".formatted(series.mode().unit(), series.services());
            double ofDirect = series.rates().ratio(Contender.CULVERT, Contender.DIRECT);
            figures.add(Figure.atLeast(what.formatted("direct"), ofDirect, connections ? 1.05 : 1.15, " x"));
            if (connections) {
                double ofNftables = series.rates().ratio(Contender.CULVERT, Contender.NFTABLES);
                figures.add(Figure.atLeast(what.formatted("nftables"), ofNftables, 1.3, " x"));
            }
        }
        for (LoadMode mode : LoadMode.ALL.stream().filter(LoadMode::connects).toList()) {
            flatness(mode, all.stream().filter(series -> series.mode() == mode).toList());
        }
    }

    private static <T> String each(Collection<T> values, Function<T, String> text) {
        return values.stream().map(text).collect(Collectors.joining());
    }

    private void flatness(LoadMode mode, List<TrafficBenchmark.Series> connections) {
        List<Double> ratios = connections.stream()
                .map(series -> series.rates().ratio(Contender.CULVERT, Contender.DIRECT))
                .toList();
        double spread = ratios.stream().max(Comparator.naturalOrder()).orElseThrow()
                / ratios.stream().min(Comparator.naturalOrder()).orElseThrow();
        figures.add(Figure.atMost(
                mode.unit() + " of direct, spread from 1 to 10,000 Services", (spread - 1) * 100, 3, " %"));
    }

    /// A part with the figures that it promises something of.
    record Section(String text, List<Figure> figures) {}

    void add(Section section) {
        text.append(section.text()).append('\n');
        figures.addAll(section.figures());
    }

    void connect(List<ConnectCostBenchmark.Cost> costs) {
        text.append("""
                ## connect(2)

                Time in the connect4 program, by the kernel's run-time statistics, whose own cost is in it. 10,000 Services of ten backends each are published. Storage is the socket-local storage that lets
                getpeername show the Service: with it a TCP connect allocates and frees 40 bytes.

                | connect | ns |
                |---|---|
                """);
        for (ConnectCostBenchmark.Cost cost : costs) {
            text.append("| %s | %.0f |%n".formatted(cost.what(), cost.nanos()));
            double micros = cost.nanos() / 1000;
            if (cost.what().contains("one Service")) {
                figures.add(Figure.atMost("connect4, " + cost.what(), micros, 0.6, " us"));
            } else if (cost.what().contains("miss")) {
                figures.add(Figure.atMost("connect4, " + cost.what(), micros, 0.1, " us"));
            }
        }
        text.append('\n');
    }

    void scale(List<ScaleBenchmark.Result> results) {
        text.append("""
                ## Scale

                Services of ten endpoints each. Start is that of an agent which adopts what an earlier one left, from the
                start of the installed launcher to the ready line. A change takes one endpoint from a Service or gives it back; its
                time runs from before the file is written, or the object is put into the API server, to the moment when the
                programs see it.

                | source | Services | start, ms | the agent's words | memory, MiB | change, median ms | p99 ms |
                |---|---|---|---|---|---|---|
                """);
        for (ScaleBenchmark.Result result : results) {
            double p99 = Median.quantile(result.changeMillis(), 0.99);
            text.append("| %s | %,d | %.0f | `%s` | %.0f | %.2f | %.2f |%n"
                    .formatted(
                            result.source(),
                            result.services(),
                            result.startMillis(),
                            result.ready(),
                            result.residentMebibytes(),
                            Median.of(result.changeMillis()),
                            p99));
            String what = "%,d Services from %s".formatted(result.services(), result.source());
            boolean large = result.services() > 100;
            figures.add(Figure.atMost("memory, " + what, result.residentMebibytes(), large ? 256 : 110, " MiB"));
            figures.add(Figure.atMost("one change, p99, " + what, p99, 5, " ms"));
            if (!large) {
                figures.add(Figure.atMost("start to ready, " + what, result.startMillis(), 700, " ms"));
            }
        }
        text.append('\n');
    }

    String text() {
        StringBuilder all = new StringBuilder(text);
        all.append("## Expected and measured\n\n| figure | measured | expected | |\n|---|---|---|---|\n");
        figures.forEach(figure -> all.append(figure.row()));
        return all.toString();
    }
}
