// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Connections and round trips a second from pod to pod of one node, while both pods are held to 100 rules in each
/// direction, and while nothing is enforced: the same pods and programs take turns.
final class PolicyTrafficBenchmark {

    private static final int RULES = 100;
    private static final int CLIENT = 1;
    private static final int SERVER = 2;

    /// Of the three turns in a round the one with policies.
    private static final int HELD = 1;

    private final LoadProgram load;
    private final int rounds;
    private final double seconds;

    PolicyTrafficBenchmark(LoadProgram load, int rounds, double seconds) {
        this.load = load;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /// @param free rates without policies, one of each round
    /// @param held rates with them
    /// @param again rates without them, once more: what comes out of that and `free` is chance
    record Series(LoadMode mode, IpFamily family, List<Double> free, List<Double> held, List<Double> again) {

        /// The median over the rounds of the ratio, within a round, to the mean of both turns without policies.
        double ratio() {
            return median(round -> held.get(round) * 2 / (free.get(round) + again.get(round)));
        }

        /// The same of nothing to nothing.
        double chance() {
            return median(round -> again.get(round) / free.get(round));
        }

        private double median(IntFunction<Double> ofRound) {
            return Median.of(IntStream.range(0, free.size()).mapToObj(ofRound).toList());
        }
    }

    List<Series> run() throws Exception {
        List<Series> all = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            all.addAll(run(family));
        }
        return all;
    }

    private List<Series> run(IpFamily family) throws Exception {
        try (Lab lab = Lab.builder()
                .families(family)
                .node("n1", PodAttachment.ROUTED, "client", "server")
                .create()) {
            LabNode node = lab.node("n1");
            load.serve(lab.pod("server"), BenchService.TARGET_PORT);
            try (Datapath datapath = Datapath.open(DatapathConfig.of(node.bpffs()))) {
                prepare(lab, family, node, datapath);
                return LoadMode.ALL.stream()
                        .map(mode -> measure(lab, family, datapath, mode))
                        .toList();
            } finally {
                DatapathPins.remove(node.bpffs());
            }
        }
    }

    private static void prepare(Lab lab, IpFamily family, LabNode node, Datapath datapath) throws Exception {
        LabPod client = lab.pod("client");
        LabPod server = lab.pod("server");
        int clientInterface = ifindex(node, client);
        int serverInterface = ifindex(node, server);
        LabNode _ = NetworkNamespace.call(Path.of("/run/netns", node.netns()), () -> {
            datapath.attachPod(clientInterface);
            datapath.attachPod(serverInterface);
            return node;
        });
        PolicyRules rules = new PolicyRules(table -> datapath.maps().map(table).orElseThrow());
        IpAddress from = client.ip(family);
        IpAddress to = server.ip(family);
        for (int set = 1; set <= 4; set++) {
            rules.set(
                    set,
                    RULES / 2,
                    rule -> rule == CLIENT - 1 ? from : rule == SERVER - 1 ? to : other(family, 10, rule),
                    rule -> block(family, rule),
                    BenchService.TARGET_PORT);
        }
        rules.pod(from, clientInterface, CLIENT, 1, 2);
        rules.pod(to, serverInterface, SERVER, 3, 4);
        rules.publish(false);
    }

    private static int ifindex(LabNode node, LabPod pod) {
        String line = node.exec("ip", "-o", "link", "show", "dev", pod.hostInterface())
                .orThrow();
        return Integer.parseInt(line.substring(0, line.indexOf(':')));
    }

    private static IpAddress other(IpFamily family, int first, int number) {
        return IpAddress.of((family == IpFamily.IPV4 ? "%d.200.0.%d" : "fd%02x::%x").formatted(first, number));
    }

    /// Each second one is a single address.
    private static IpPrefix block(IpFamily family, int rule) {
        if (rule % 2 == 0) {
            return new IpPrefix(other(family, 100, rule), family.bits());
        }
        return family == IpFamily.IPV4
                ? new IpPrefix(IpAddress.of("101.%d.0.0".formatted(rule)), 16)
                : new IpPrefix(IpAddress.of("fd65:0:0:%x::".formatted(rule)), 64);
    }

    private Series measure(Lab lab, IpFamily family, Datapath datapath, LoadMode mode) {
        List<String> target =
                List.of(lab.pod("server").ip(family).toString(), Integer.toString(BenchService.TARGET_PORT));
        Series series = new Series(mode, family, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<List<Double>> turns = List.of(series.free(), series.held(), series.again());
        for (int round = 0; round <= rounds; round++) {
            Progress.say("policy: %s, %s, round %d of %d".formatted(mode, family.apiName(), round, rounds));
            // Who goes first changes, because the machine may become faster or slower within a round.
            for (int turn = 0; turn < turns.size(); turn++) {
                int which = (turn + round) % turns.size();
                datapath.policies().enforce(which == HELD);
                double rate = load.run(lab.pod("client"), mode.toString(), seconds, target);
                // The first round warms caches and is thrown away.
                if (round > 0) {
                    turns.get(which).add(rate);
                }
            }
        }
        return series;
    }
}
