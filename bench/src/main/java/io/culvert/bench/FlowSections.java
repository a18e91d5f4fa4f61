// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What the page says of flows.
final class FlowSections {

    private FlowSections() {}

    static Page.Section store(FlowStoreBenchmark.Result result) {
        StringBuilder text = new StringBuilder("""
                ## Flows: store

                %,d flows between 5,000 pods, outside of the heap: %.0f MiB. The last 100 that a filter wants, as for a call of GetFlows, up to
                the first message; all filters but the first want flows of which there are none, so that all are looked at.

                | filter | flows there are | ms |
                |---|---|---|
                """.formatted(result.flows(), result.mebibytes()));
        for (FlowStoreBenchmark.Query query : result.queries()) {
            text.append("| %s | %d | %.1f |%n".formatted(query.what(), query.found(), query.millis()));
        }
        return new Page.Section(
                text.toString(),
                List.of(
                        Figure.atMost("store of 1,000,000 flows", result.mebibytes(), 160, " MiB"),
                        Figure.atMost(
                                "the last 100 flows, slowest filter",
                                most(result.queries().stream()
                                        .map(FlowStoreBenchmark.Query::millis)
                                        .toList()),
                                50,
                                " ms")));
    }

    static Page.Section questions(FlowQuestionBenchmark.Result result) {
        StringBuilder text = new StringBuilder("""
                ## Flows: questions to an agent

                The same questions to an agent that keeps %,d flows and knows the 5,000 pods, over its Unix socket, from the call to the end of
                the answer. First is the first question of this kind that it was ever asked, in this order; later is the median of those
                behind it.

                | filter | flows there are | first, ms | later, ms |
                |---|---|---|---|
                """.formatted(result.flows()));
        for (FlowQuestionBenchmark.Answer answer : result.answers()) {
            text.append("| %s | %d | %.1f | %.1f |%n"
                    .formatted(answer.what(), answer.found(), answer.first(), answer.later()));
        }
        return new Page.Section(
                text.toString(),
                List.of(
                        Figure.atMost(
                                "the last 100 flows of an agent, slowest first question",
                                most(result.answers().stream()
                                        .map(FlowQuestionBenchmark.Answer::first)
                                        .toList()),
                                50,
                                " ms"),
                        Figure.atMost(
                                "the last 100 flows of an agent, slowest later question",
                                most(result.answers().stream()
                                        .map(FlowQuestionBenchmark.Answer::later)
                                        .toList()),
                                50,
                                " ms")));
    }

    private static double most(List<Double> values) {
        return values.stream().max(Comparator.naturalOrder()).orElseThrow();
    }

    static Page.Section ingest(List<FlowIngestBenchmark.Result> results) {
        StringBuilder text = new StringBuilder("""
                ## Flows: from programs to an observer

                Events that `pod_ingress` makes in test runs, through ring, reader and store to one observer that follows and wants a namespace of
                fifty. Each rate is tried for a while; what counts is the fastest at which neither the ring nor the observer lost
                one. Aggregated: `flow-aggregation medium`, a SYN each run; an event each, for a connection of any
                number of packets. Every packet: `none`, a packet in the middle of a connection each run. Nanoseconds of the
                program: a run that tells above one that does not. Those of reader and observer are processor time at the fastest
                rate without loss.

                | what | events/s without loss | program, ns | reader, ns | observer, ns | rates that were tried (lost) |
                |---|---|---|---|---|---|
                """);
        List<Figure> figures = new ArrayList<>();
        for (FlowIngestBenchmark.Result result : results) {
            boolean aggregated = result.kind() == FlowSource.Kind.AGGREGATED;
            String what = aggregated ? "aggregated" : "every packet";
            FlowIngestBenchmark.Step best = result.best();
            String tried = String.join(
                    ", ",
                    result.steps().stream()
                            .map(step -> step.lost() == 0
                                    ? "%,.0f".formatted(step.rate())
                                    : "%,.0f (%,d)".formatted(step.rate(), step.lost()))
                            .toList());
            text.append("| %s | %,.0f | %.0f | %.0f | %.0f | %s |%n"
                    .formatted(
                            what, best.rate(), result.eventNanos(), best.readerNanos(), best.observerNanos(), tried));
            figures.add(Figure.atLeast(
                    "events to an observer without loss, " + what,
                    best.rate(),
                    aggregated ? 1_000_000 : 200_000,
                    "/s"));
        }
        return new Page.Section(text.toString(), figures);
    }

    static Page.Section observers(FlowObserversBenchmark.Result result) {
        double alone = Median.of(result.alone());
        double stopped = Median.of(result.stopped());
        StringBuilder text = new StringBuilder(
                """
                ## Flows: ten observers

                50,000 events a second at `none`, ten observers that follow over the Hubble API on a Unix socket. Processor time in percent of one
                processor, without that of the program and of the clients: %.0f while nobody observes, %.0f with ten, %.0f with ten and ten
                others that stopped reading (medians of %d turns). Lost in the ring: %,d. Flows a second may be more than came, where an observer
                was late before.

                | filter | flows/s | lost, as told |
                |---|---|---|
                """.formatted(result.nobody(), alone, stopped, result.alone().size(), result.lost()));
        for (FlowObserversBenchmark.Observer observer : result.observers()) {
            text.append("| %s | %,.0f | %,d |%n".formatted(observer.filter(), observer.seen(), observer.lost()));
        }
        return new Page.Section(
                text.toString(),
                List.of(
                        Figure.told("ten observers at 50,000 events/s", "%.0f %%".formatted(alone)),
                        Figure.told("ten that stopped, above that", "%.1f %%".formatted(stopped - alone)),
                        Figure.none(
                                "flows that ten observers lost",
                                result.observers().stream()
                                        .mapToLong(FlowObserversBenchmark.Observer::lost)
                                        .sum())));
    }

    static Page.Section traffic(FlowTrafficBenchmark.Result result) {
        StringBuilder text = new StringBuilder("""
                ## Flows: connections

                Connections of pods to a Service on one node, as in Traffic, while programs tell at `medium` and an agent keeps it, and while they tell nothing;
                the same agent, pods and programs, and a load that goes on while the level changes, %d times a second. `crr`: one connection after the other, `crr8`:
                eight at a time. Lost in the ring: %,d.

                | mode | off | medium | ratio | standard error |
                |---|---|---|---|---|
                """.formatted(SwitchedLoad.Turns.OF_EVENTS.changes(), result.lost()));
        List<Figure> figures = new ArrayList<>();
        for (SwitchedLoad.Series series : result.series()) {
            text.append(series.row());
            figures.add(Figure.atLeast(
                    series.mode().unit() + ", with flows at medium, of off", series.ratio(), 0.98, " x"));
        }
        return new Page.Section(text.toString(), figures);
    }
}
