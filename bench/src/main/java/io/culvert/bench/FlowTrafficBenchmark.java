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
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// New connections a second from pod to Service to pod of one node, while programs tell of them as the agent asks for
/// by default (`flow-aggregation medium`), and while they tell nothing: one agent, which keeps what is told, and the
/// same pods and programs take turns.
final class FlowTrafficBenchmark {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

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
    record Result(List<SwitchedLoad.Series> series, long lost) {}

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
                SwitchedLoad switched = new SwitchedLoad(
                        load,
                        lab.pod(contender.clientName()),
                        List.of(BenchService.clusterIp(0).toString(), Integer.toString(BenchService.PORT)),
                        SwitchedLoad.Turns.OF_EVENTS);
                List<SwitchedLoad.Series> series = new ArrayList<>();
                for (LoadMode mode : List.of(LoadMode.CRR, LoadMode.CRR8)) {
                    series.add(switched.measure(
                            "flows",
                            mode,
                            rounds,
                            told -> maps.events().tell(told ? EventLevel.MEDIUM : EventLevel.OFF)));
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

    private static long lost(EventTables events) {
        return Stream.of(EventKind.values()).mapToLong(events::lost).sum();
    }
}
