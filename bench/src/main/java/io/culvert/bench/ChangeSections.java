// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.Collections;
import java.util.List;

/// What the page says of [UpdateBenchmark] and [ChurnBenchmark].
final class ChangeSections {

    private ChangeSections() {}

    static Page.Section update(UpdateBenchmark.Result result) {
        List<Double> millis = result.changeMillis();
        LoadProgram.Paced load = result.connections();
        double p99 = Median.quantile(millis, 0.99);
        String text = """
                ## One endpoint of 1,000, under load

                One endpoint leaves a Service of 1,000 (ten EndpointSlices), or joins it, 20 times a second, while a pod makes
                1,000 connections a second to the Service. An endpoint that left goes on to serve, as a pod that ends gracefully
                does. Time from the change at the API server to the moment when the programs see it.

                | changes | median, ms | p99, ms | connections | a second | failed | longest, ms |
                |---|---|---|---|---|---|---|
                | %,d | %.2f | %.2f | %,d | %,.0f | %,d | %.1f |
                """.formatted(
                        millis.size(),
                        Median.of(millis),
                        p99,
                        load.answered() + load.failed(),
                        (load.answered() + load.failed()) / load.seconds(),
                        load.failed(),
                        load.longestMillis());
        return new Page.Section(
                text,
                List.of(
                        Figure.atMost("one endpoint of 1,000, under load, median", Median.of(millis), 1, " ms"),
                        Figure.none("connections that failed meanwhile", load.failed())));
    }

    static Page.Section churn(ChurnBenchmark.Result result) {
        List<Double> resident = result.residentMebibytes();
        double start = resident.getFirst();
        double most = Collections.max(resident);
        String text = """
                ## Churn

                10,000 Services of ten endpoints; one endpoint of a Service at random leaves or joins, 100 times a second, for a
                minute, after a warm-up of the same kind. Processor time and memory are the agent's; the API server is
                another process. Wrong are Services that have another number of backends in the kernel than in the cluster.

                | changes | CPU, %% of a core | memory at first, MiB | at last | at most | wrong | `culvert audit` |
                |---|---|---|---|---|---|---|
                | %,d | %.1f | %.0f | %.0f | %.0f | %d | status %d: %s |
                """.formatted(
                        result.changes(),
                        result.cpuPercent(),
                        start,
                        resident.getLast(),
                        most,
                        result.wrong(),
                        result.audit().status(),
                        result.audit().words());
        return new Page.Section(
                text,
                List.of(
                        Figure.atMost("churn, processor time", result.cpuPercent(), 10, " %"),
                        Figure.atMost("churn, most memory to memory at first", most / start, 1.1, " x"),
                        Figure.none("churn, Services that are wrong in the kernel", result.wrong()),
                        Figure.none(
                                "churn, exit status of the audit",
                                result.audit().status())));
    }
}
