// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.net.IpFamily;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/// A large cluster of policies: how long it takes to compile, what an agent needs for it, and how soon a change is what
/// programs decide by.
final class PolicyScaleBenchmark {

    private static final int COMPILATIONS = 9;
    private static final int WARM_UP = 40;
    private static final long PAUSE_NANOS = 60_000_000;
    private static final long LOOK_NANOS = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path culvert;
    private final int changes;

    PolicyScaleBenchmark(Path culvert, int changes) {
        this.culvert = culvert;
        this.changes = changes;
    }

    /// @param compileMillis of the whole cluster, median, in a process that is warm
    /// @param emptyMebibytes resident memory of an agent that serves a cluster with nothing in it
    /// @param fullMebibytes of one that has read the cluster, after all changes
    /// @param ready its own words
    /// @param labelMillis from a pod's other label at the API server to the epoch that programs decide by
    /// @param labelCpuMillis processor time of the agent for one
    /// @param policyMillis from a new policy at the API server
    /// @param policyCpuMillis processor time of the agent for one
    record Result(
            double compileMillis,
            double emptyMebibytes,
            double fullMebibytes,
            String ready,
            List<Double> labelMillis,
            double labelCpuMillis,
            List<Double> policyMillis,
            double policyCpuMillis) {}

    Result run() throws Exception {
        double compileMillis = compile();
        try (Lab lab = Lab.builder()
                        .families(IpFamily.IPV4)
                        .node("n1", PodAttachment.ROUTED)
                        .create();
                FakeApiServer server = FakeApiServer.start()) {
            LabNode node = lab.node("n1");
            server.put(LabObjects.node(node));
            AgentProcess.Home home = AgentProcess.Home.of(node);
            List<String> source = AgentProcess.following(server);
            double empty;
            try (AgentProcess agent = AgentProcess.start(home, culvert, source)) {
                empty = agent.residentMebibytes();
            }
            PolicyCluster.objects().forEach(server::put);
            try (AgentProcess agent = AgentProcess.start(home, culvert, source);
                    MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow()) {
                var control = maps.policies().control();
                var _ = measure("label", server, control, WARM_UP, PolicyScaleBenchmark::relabelled);
                double begun = agent.cpuSeconds();
                List<Double> labels = measure("label", server, control, changes, PolicyScaleBenchmark::relabelled);
                double between = agent.cpuSeconds();
                List<Double> policies =
                        measure("policy", server, control, changes, PolicyScaleBenchmark::anotherPolicy);
                double ended = agent.cpuSeconds();
                return new Result(
                        compileMillis,
                        empty,
                        agent.residentMebibytes(),
                        agent.ready(),
                        labels,
                        (between - begun) * 1e3 / changes,
                        policies,
                        (ended - between) * 1e3 / changes);
            }
        }
    }

    private static double compile() {
        PolicyInputs inputs = PolicyInputs.of(PolicyCluster.state(), "n1");
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < COMPILATIONS; i++) {
            Progress.say("policy scale: compilation " + i);
            long start = System.nanoTime();
            int sets = PolicyCompiler.compile(inputs).sets().size();
            millis.add((System.nanoTime() - start) / 1e6);
            if (sets < 2) {
                throw new IllegalStateException("no policy of the cluster is about a pod of the node");
            }
        }
        return Median.of(millis);
    }

    /// Every other time the pod is another one than before, with a label that some policies ask for.
    private static String relabelled(int change) {
        return PolicyCluster.pod(change / 2 * 7 % PolicyCluster.PODS, change % 2 == 0 ? "a7" : "a1");
    }

    /// For the pods of a namespace that has some on this node.
    private static String anotherPolicy(int change) {
        int local = PolicyCluster.PODS / PolicyCluster.LOCAL;
        int namespace = change % PolicyCluster.LOCAL * local % PolicyCluster.NAMESPACES;
        // Number 0 of each 4 selects all pods; the name is new.
        int number = PolicyCluster.POLICIES * 4 + change * 4;
        return PolicyCluster.policy(number).replaceFirst("namespace: ns\\d+", "namespace: ns" + namespace);
    }

    private static List<Double> measure(
            String what,
            FakeApiServer server,
            MappedArray<PolicyControl> control,
            int count,
            IntFunction<String> change) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Progress.say("policy scale: %s %d of %d".formatted(what, i, count));
            ObjectNode object = ApiObjects.of(change.apply(i));
            LockSupport.parkNanos(PAUSE_NANOS);
            int before = control.get(0).epoch();
            long start = System.nanoTime();
            server.put(object);
            while (control.get(0).epoch() == before) {
                if (System.nanoTime() - start > PATIENCE.toNanos()) {
                    throw new IllegalStateException("nothing was published for " + object);
                }
                // A processor that waits here is one that the agent does not have.
                LockSupport.parkNanos(LOOK_NANOS);
            }
            millis.add((System.nanoTime() - start) / 1e6);
        }
        return millis;
    }
}
