// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.policy.publish.DatapathTarget;
import io.culvert.policy.publish.EndpointFacts;
import io.culvert.policy.publish.PublishResult;
import io.culvert.policy.publish.Publisher;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Connections and round trips a second from pod to pod of one node, while both pods are held to 100 policies, and
/// while nothing is enforced: the same pods and programs take turns.
final class PolicyTrafficBenchmark {

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

    /// What is measured.
    ///
    /// @param first whether a policy changes before each turn, so that programs are asked about each connection
    record Load(LoadMode mode, boolean first) {

        static final List<Load> ALL = LoadMode.ALL.stream()
                .flatMap(mode -> Stream.of(false, true)
                        .filter(first -> !first || mode.connects())
                        .map(first -> new Load(mode, first)))
                .toList();

        String unit() {
            return mode.unit() + (first ? ", none known" : "");
        }

        /// For example `crr8 first`.
        @Override
        public String toString() {
            return mode + (first ? " first" : "");
        }
    }

    /// @param free rates without policies, one of each round
    /// @param held rates with them
    /// @param again rates without them, once more: what comes out of that and `free` is chance
    record Series(Load load, IpFamily family, List<Double> free, List<Double> held, List<Double> again) {

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
                Policies policies = new Policies(lab, family, datapath);
                return Load.ALL.stream()
                        .map(what -> measure(lab, family, policies, what))
                        .toList();
            } finally {
                DatapathPins.remove(node.bpffs());
            }
        }
    }

    /// Those of the two pods.
    private static final class Policies {

        private final HundredPolicies objects;
        private final EndpointFacts facts;
        private final Datapath datapath;
        private final Publisher publisher;
        private int revision;

        Policies(Lab lab, IpFamily family, Datapath datapath) throws Exception {
            LabNode node = lab.node("n1");
            Map<IpAddress, Integer> interfaces = new HashMap<>();
            for (LabPod pod : List.of(lab.pod("client"), lab.pod("server"))) {
                int ifindex = node.link(pod.hostInterface()).index();
                interfaces.put(pod.ip(family), ifindex);
                LabNode _ = NetworkNamespace.call(Path.of("/run/netns", node.netns()), () -> {
                    datapath.attachPod(ifindex);
                    return node;
                });
            }
            this.datapath = datapath;
            objects = new HundredPolicies(
                    family, lab.pod("client").ip(family), lab.pod("server").ip(family));
            facts = new EndpointFacts(interfaces, Set.of(), false);
            publisher = new Publisher(new DatapathTarget(datapath), System::nanoTime);
            change();
        }

        /// What programs were asked before holds no more.
        void change() {
            PublishResult result = publisher.publish(objects.plan(BenchService.TARGET_PORT, revision++), facts);
            if (!(result instanceof PublishResult.Published published) || !published.changed()) {
                throw new IllegalStateException("publish 100 policies: " + result);
            }
        }

        void enforce(boolean on) {
            datapath.policies().enforce(on);
        }
    }

    private Series measure(Lab lab, IpFamily family, Policies policies, Load what) {
        List<String> target =
                List.of(lab.pod("server").ip(family).toString(), Integer.toString(BenchService.TARGET_PORT));
        Series series = new Series(what, family, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<List<Double>> turns = List.of(series.free(), series.held(), series.again());
        for (int round = 0; round <= rounds; round++) {
            Progress.say("policy: %s, %s, round %d of %d".formatted(what, family.apiName(), round, rounds));
            // Who goes first changes, because the machine may become faster or slower within a round.
            for (int turn = 0; turn < turns.size(); turn++) {
                int which = (turn + round) % turns.size();
                policies.enforce(which == HELD);
                if (what.first() && which == HELD) {
                    policies.change();
                }
                double rate = load.run(lab.pod("client"), what.mode().toString(), seconds, target);
                // The first round warms caches and is thrown away.
                if (round > 0) {
                    turns.get(which).add(rate);
                }
            }
        }
        return series;
    }
}
