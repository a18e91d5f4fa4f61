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
import java.util.stream.Stream;

/// Connections and round trips a second from pod to pod of one node, while both pods are held to 100 policies, and
/// while nothing is enforced: one load goes on while the same pods and programs take turns.
final class PolicyTrafficBenchmark {

    /// Longer than a client takes to go round its ports.
    private static final double WARM_SECONDS = 4;

    private final LoadProgram load;
    private final int rounds;

    PolicyTrafficBenchmark(LoadProgram load, int rounds) {
        this.load = load;
        this.rounds = rounds;
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

    record Result(Load load, IpFamily family, SwitchedLoad.Series series) {}

    List<Result> run() throws Exception {
        List<Result> all = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            all.addAll(run(family));
        }
        return all;
    }

    private List<Result> run(IpFamily family) throws Exception {
        try (Lab lab = Lab.builder()
                .families(family)
                .node("n1", PodAttachment.ROUTED, "client", "server")
                .create()) {
            LabNode node = lab.node("n1");
            load.serve(lab.pod("server"), BenchService.TARGET_PORT);
            List<String> target =
                    List.of(lab.pod("server").ip(family).toString(), Integer.toString(BenchService.TARGET_PORT));
            SwitchedLoad switched = new SwitchedLoad(load, lab.pod("client"), target, SwitchedLoad.Turns.OF_PROGRAMS);
            try (Datapath datapath = Datapath.open(DatapathConfig.of(node.bpffs()))) {
                Policies policies = new Policies(lab, family, datapath);
                List<Result> results = new ArrayList<>();
                for (Load what : Load.ALL) {
                    policies.enforce(true);
                    double _ = load.run(lab.pod("client"), what.mode().toString(), WARM_SECONDS, target);
                    results.add(new Result(what, family, measure(switched, policies, what)));
                }
                return results;
            } finally {
                DatapathPins.remove(node.bpffs());
            }
        }
    }

    private SwitchedLoad.Series measure(SwitchedLoad switched, Policies policies, Load what)
            throws InterruptedException {
        return switched.measure("policy" + (what.first() ? ", first" : ""), what.mode(), rounds, held -> {
            policies.enforce(held);
            if (what.first() && held) {
                policies.change();
            }
        });
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
}
