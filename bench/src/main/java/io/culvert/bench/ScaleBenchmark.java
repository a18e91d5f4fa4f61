// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// How an agent does with many Services: start, memory, and the time from one changed endpoint to the kernel.
final class ScaleBenchmark {

    static final int ENDPOINTS = 10;
    private static final int WARM_UP = 50;

    private final Path culvert;
    private final int changes;

    ScaleBenchmark(Path culvert, int changes) {
        this.culvert = culvert;
        this.changes = changes;
    }

    /// @param source `manifests` or `API server`
    /// @param startMillis from the start of the process to its ready line
    /// @param ready the agent's own words
    /// @param residentMebibytes after all changes
    /// @param changeMillis from the change of one endpoint at the source to the kernel, one for each change
    record Result(
            String source,
            int services,
            double startMillis,
            String ready,
            double residentMebibytes,
            List<Double> changeMillis) {}

    List<Result> run() throws Exception {
        return List.of(manifests(100), manifests(10_000), apiServer(100), apiServer(10_000));
    }

    private Result manifests(int services) throws Exception {
        Progress.say("scale: " + services + " Services from manifests");
        try (Lab lab = lab()) {
            LabNode node = lab.node("n1");
            node.writeManifest("node.yaml", LabObjects.node(node));
            Consumer<BenchService> write =
                    service -> node.writeManifest(service.name() + ".yaml", service.manifest("n1"));
            return measure(
                    "manifests",
                    services,
                    node,
                    write,
                    List.of("--manifests", node.manifests().toString()));
        }
    }

    private Result apiServer(int services) throws Exception {
        Progress.say("scale: " + services + " Services from the API server");
        try (Lab lab = lab();
                FakeApiServer server = FakeApiServer.start()) {
            LabNode node = lab.node("n1");
            server.put(LabObjects.node(node));
            return measure(
                    "API server",
                    services,
                    node,
                    service -> server.put(service.manifest("n1")),
                    AgentProcess.following(server));
        }
    }

    private Result measure(
            String source, int services, LabNode node, Consumer<BenchService> write, List<String> options)
            throws Exception {
        List<BenchService> cluster = new ArrayList<>(cluster(services));
        cluster.forEach(write);
        AgentProcess.Home home = AgentProcess.Home.of(node);
        // The first start makes everything; the second adopts it, which is what a start on a node usually is. What the
        // first takes of changes is for this process, whose own code is cold: the agent's is measured, cold or not.
        try (AgentProcess first = AgentProcess.start(home, culvert, options);
                KernelWatch kernel = KernelWatch.open(node.bpffs())) {
            Progress.say("scale: first start: " + first.ready());
            var _ = changes(cluster, write, kernel, WARM_UP);
        }
        try (AgentProcess agent = AgentProcess.start(home, culvert, options);
                KernelWatch kernel = KernelWatch.open(node.bpffs())) {
            List<Double> latencies = changes(cluster, write, kernel, changes);
            return new Result(
                    source, services, agent.startMillis(), agent.ready(), agent.residentMebibytes(), latencies);
        }
    }

    /// Takes the last endpoint from a Service at random, or gives it back.
    ///
    /// @param cluster as it is, and kept so
    private static List<Double> changes(
            List<BenchService> cluster, Consumer<BenchService> write, KernelWatch kernel, int changes) {
        Random random = new Random(1);
        List<Double> latencies = new ArrayList<>();
        for (int i = 0; i < changes; i++) {
            Progress.say("scale: change " + i + " of " + changes);
            int index = random.nextInt(cluster.size());
            BenchService changed = cluster.get(index)
                    .withEndpoints(cluster.get(index).endpoints().size() == ENDPOINTS ? ENDPOINTS - 1 : ENDPOINTS);
            cluster.set(index, changed);
            latencies.add(kernel.millisUntilChanged(changed, () -> write.accept(changed)));
        }
        return latencies;
    }

    private static List<BenchService> cluster(int services) {
        return IntStream.range(0, services)
                .mapToObj(i -> BenchService.of(i, endpoints(i, ENDPOINTS)))
                .toList();
    }

    /// Addresses in 10.128.0.0/9, each for one Service.
    static List<IpAddress> endpoints(int service, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> IpAddress.ofV4(0x0a800000 + service * ENDPOINTS + i))
                .toList();
    }

    private static Lab lab() {
        return Lab.builder()
                .families(IpFamily.IPV4)
                .node("n1", PodAttachment.ROUTED)
                .create();
    }
}
