// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.maps.datapath.DatapathSettings;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.PodAttachment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// What sock_lb adds to connect(2), by the kernel's run-time statistics, in a process on a node of its own.
final class ConnectCostBenchmark {

    private static final int SERVICES = 10_000;
    private static final int BACKENDS = 10;
    private static final String MISS_PORT = "8081";

    private final LoadProgram load;
    private final int rounds;
    private final double seconds;

    ConnectCostBenchmark(LoadProgram load, int rounds, double seconds) {
        this.load = load;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /// Nanoseconds a run of the connect4 program, the median over the rounds.
    record Cost(String what, double nanos) {}

    List<Cost> run() throws Exception {
        List<Cost> costs = new ArrayList<>();
        try (Lab lab = Lab.builder()
                        .families(IpFamily.IPV4)
                        .node("n1", PodAttachment.ROUTED)
                        .create();
                AutoCloseable _ = ProgramStatistics.enable()) {
            LabNode node = lab.node("n1");
            load.serve(node, BenchService.TARGET_PORT);
            for (boolean remember : List.of(true, false)) {
                DatapathSettings settings = DatapathSettings.DEFAULT.withTcpPeerName(remember);
                try (Datapath datapath =
                        Datapath.open(DatapathConfig.of(node.bpffs()).withSettings(settings))) {
                    datapath.attachSockets(node.cgroupRoot());
                    publish(datapath, node.ip(IpFamily.IPV4));
                    costs.addAll(measure(node, remember ? "with" : "without"));
                }
                DatapathPins.remove(node.bpffs());
            }
        }
        return costs;
    }

    private List<Cost> measure(LabNode node, String storage) {
        List<String> hot = targets(List.of(0));
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            all.add(i);
        }
        Collections.shuffle(all, new Random(1));
        List<String> cold = targets(all);
        List<String> miss = List.of(node.ip(IpFamily.IPV4).toString(), Integer.toString(BenchService.TARGET_PORT));
        return List.of(
                cost("TCP, hit, one Service, " + storage + " storage", node, "crr", hot),
                cost("TCP, hit, 10,000 Services at random, " + storage + " storage", node, "crr", cold),
                cost("TCP, miss, " + storage + " storage", node, "crr", miss),
                cost(
                        "UDP, miss, " + storage + " storage for TCP",
                        node,
                        "connect",
                        List.of(miss.getFirst(), MISS_PORT)));
    }

    private Cost cost(String what, LabNode node, String mode, List<String> targets) {
        List<Double> nanos = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Progress.say("connect: " + what + ", round " + round);
            nanos.add(ProgramStatistics.busiestDuring(() -> load.run(node, mode, seconds, targets))
                    .nanosPerRun());
        }
        return new Cost(what, Median.of(nanos));
    }

    private static List<String> targets(List<Integer> services) {
        List<String> words = new ArrayList<>();
        for (int index : services) {
            words.add(BenchService.clusterIp(index).toString());
            words.add(Integer.toString(BenchService.PORT));
        }
        return words;
    }

    /// Every Service has ten backends of its own, which all lead to one address.
    private static void publish(Datapath datapath, IpAddress backend) {
        Map<FrontendKey, Frontend> frontends = new HashMap<>();
        for (int i = 0; i < SERVICES; i++) {
            int service = datapath.extents().reserve();
            List<Backend> backends = new ArrayList<>();
            for (int b = 0; b < BACKENDS; b++) {
                int id = datapath.backendIds().allocate();
                backends.add(new Backend(backend, BenchService.TARGET_PORT, 1, id, 0, true, false));
            }
            int _ = datapath.extents()
                    .publish(
                            new Extent(service, 0, BACKENDS, 0, BACKENDS, 0, Algorithm.RANDOM, false, false, backends));
            frontends.put(
                    new FrontendKey(BenchService.clusterIp(i), BenchService.PORT, Protocol.TCP),
                    Frontend.clusterIp(service, false));
        }
        datapath.maps().frontends().putAll(frontends);
    }
}
