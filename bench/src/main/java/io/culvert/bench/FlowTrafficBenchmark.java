// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.maps.MapCatalogue;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.maps.event.EventTables;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabProcess;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// New connections a second from pod to Service to pod of one node, while programs tell of them as the agent asks for
/// by default (`flow-aggregation medium`), and while they tell nothing: one agent, which keeps what is told, and the
/// same pods and programs take turns.
final class FlowTrafficBenchmark {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// Longer than events wait to be read, so that their reader works in the turn in which they are told.
    private static final long SETTLING_MILLIS = 120;

    private static final long COUNTED_MILLIS = 130;

    /// Of a median, in distances of quartiles, where what was measured is normally distributed: sqrt(pi / 2) / 1.349.
    private static final double MEDIAN_ERROR = 0.93;

    private final LoadProgram load;
    private final Path culvert;
    private final int rounds;

    FlowTrafficBenchmark(LoadProgram load, Path culvert, int rounds) {
        this.load = load;
        this.culvert = culvert;
        this.rounds = rounds;
    }

    /// @param series of each mode
    /// @param lost events that found no room
    record Result(List<Series> series, long lost) {}

    /// @param off rates while nothing is told, one of each round
    /// @param medium rates while it is
    record Series(LoadMode mode, List<Double> off, List<Double> medium) {

        /// The median over the rounds of the ratio within a round.
        double ratio() {
            return Median.of(ratios());
        }

        /// The standard error of that, by the quartiles: some turns meet a machine that stands still.
        double error() {
            double quartiles = Median.quantile(ratios(), 0.75) - Median.quantile(ratios(), 0.25);
            return MEDIAN_ERROR * quartiles / Math.sqrt(off.size());
        }

        private List<Double> ratios() {
            return IntStream.range(0, off.size())
                    .mapToObj(round -> medium.get(round) / off.get(round))
                    .toList();
        }
    }

    Result run() throws InterruptedException {
        Contender contender = Contender.CULVERT;
        try (Lab lab = Lab.builder()
                .families(IpFamily.IPV4)
                .node(contender.nodeName(), PodAttachment.ROUTED, contender.clientName(), contender.serverName())
                .create()) {
            LabNode node = lab.node(contender.nodeName());
            LabPod server = lab.pod(contender.serverName());
            load.serve(server, BenchService.TARGET_PORT);
            List<BenchService> services = BenchService.cluster(1, List.of(server.ip(IpFamily.IPV4)));
            contender.prepare(node, node, services, culvert);
            try (MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow()) {
                awaitMedium(maps.events());
                LabPod client = lab.pod(contender.clientName());
                List<Series> series = new ArrayList<>();
                for (LoadMode mode : List.of(LoadMode.CRR, LoadMode.CRR8)) {
                    series.add(measure(client, mode, maps.events()));
                }
                return new Result(series, lost(maps.events()));
            }
        }
    }

    /// The agent begins to keep flows after it said that it is ready.
    private static void awaitMedium(EventTables events) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (events.control().get(0).level() != EventLevel.MEDIUM.number()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the agent does not keep flows");
            }
            Thread.sleep(10);
        }
    }

    /// The load goes on while the level changes, so that nothing but the level is different from turn to turn.
    private Series measure(LabPod client, LoadMode mode, EventTables events) throws InterruptedException {
        List<String> target = List.of(BenchService.clusterIp(0).toString(), Integer.toString(BenchService.PORT));
        double seconds = 1 + (rounds + 1) * 2.4 * (SETTLING_MILLIS + COUNTED_MILLIS) / 1000;
        LabProcess process = load.start(client, mode.toString(), seconds, target);
        OpenedConnections opened = OpenedConnections.of(process);
        Series series = new Series(mode, new ArrayList<>(), new ArrayList<>());
        for (int round = 0; round <= rounds; round++) {
            Progress.say("flows: %s, round %d of %d".formatted(mode, round, rounds));
            // Who goes first changes, because the machine may become faster or slower within a round.
            for (boolean told : round % 2 == 0 ? new boolean[] {false, true} : new boolean[] {true, false}) {
                events.tell(told ? EventLevel.MEDIUM : EventLevel.OFF);
                Thread.sleep(SETTLING_MILLIS);
                double rate = opened.rate(COUNTED_MILLIS);
                // The first round warms caches and is thrown away.
                if (round > 0) {
                    (told ? series.medium() : series.off()).add(rate);
                }
            }
        }
        LoadProgram.await(process, seconds);
        return series;
    }

    private static long lost(EventTables events) {
        return Stream.of(EventKind.values()).mapToLong(events::lost).sum();
    }
}
