// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpFamily;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Endpoints come and go in 10,000 Services, 100 changes a second. The API server is in this process, so that its work
/// is not in the agent's figures.
final class ChurnBenchmark {

    static final int SERVICES = 10_000;
    static final int RATE = 100;

    private final Path culvert;
    private final int warmUp;
    private final int seconds;

    /// @param warmUp seconds of the same churn before anything is measured
    /// @param seconds that are measured
    ChurnBenchmark(Path culvert, int warmUp, int seconds) {
        this.culvert = culvert;
        this.warmUp = warmUp;
        this.seconds = seconds;
    }

    /// @param cpuPercent of one core, over the time of the churn
    /// @param residentMebibytes at its start and after each second
    /// @param wrong Services with another number of backends in the kernel than in the cluster
    /// @param audit the exit status and the last line of `culvert audit`
    record Result(int changes, double cpuPercent, List<Double> residentMebibytes, int wrong, Audit audit) {}

    record Audit(int status, String words) {}

    Result run() throws Exception {
        Progress.say("churn: preparing");
        try (Lab lab = Lab.builder()
                        .families(IpFamily.IPV4)
                        .node("n1", PodAttachment.ROUTED)
                        .create();
                FakeApiServer server = FakeApiServer.start()) {
            LabNode node = lab.node("n1");
            server.put(LabObjects.node(node));
            List<BenchService> cluster = new ArrayList<>(IntStream.range(0, SERVICES)
                    .mapToObj(i -> BenchService.of(i, ScaleBenchmark.endpoints(i, ScaleBenchmark.ENDPOINTS)))
                    .toList());
            cluster.forEach(service -> server.put(service.manifest("n1")));
            AgentProcess.Home home = AgentProcess.Home.of(node);
            try (AgentProcess agent = AgentProcess.start(home, culvert, AgentProcess.following(server));
                    KernelWatch kernel = KernelWatch.open(node.bpffs())) {
                Random random = new Random(1);
                var _ = churn(cluster, server, agent, random, warmUp);
                double cpu = agent.cpuSeconds();
                long start = System.nanoTime();
                List<Double> resident = churn(cluster, server, agent, random, seconds);
                cpu = (agent.cpuSeconds() - cpu) / ((System.nanoTime() - start) / 1e9);
                settle(cluster, server, kernel);
                int wrong = Math.toIntExact(cluster.stream()
                        .filter(service ->
                                kernel.backends(service) != service.endpoints().size())
                        .count());
                return new Result(seconds * RATE, cpu * 100, resident, wrong, audit(home));
            }
        }
    }

    /// @return memory of the agent at first and after each second
    private static List<Double> churn(
            List<BenchService> cluster, FakeApiServer server, AgentProcess agent, Random random, int seconds) {
        List<Double> resident = new ArrayList<>(List.of(agent.residentMebibytes()));
        long due = System.nanoTime();
        for (int i = 0; i < seconds * RATE; i++) {
            change(cluster, server, random.nextInt(SERVICES));
            due += TimeUnit.SECONDS.toNanos(1) / RATE;
            LockSupport.parkNanos(due - System.nanoTime());
            if ((i + 1) % RATE == 0) {
                Progress.say("churn: %d of %d s".formatted((i + 1) / RATE, seconds));
                resident.add(agent.residentMebibytes());
            }
        }
        return resident;
    }

    /// Takes the last endpoint from a Service, or gives it back.
    private static void change(List<BenchService> cluster, FakeApiServer server, int index) {
        BenchService service = cluster.get(index);
        BenchService changed = service.withEndpoints(
                service.endpoints().size() == ScaleBenchmark.ENDPOINTS
                        ? ScaleBenchmark.ENDPOINTS - 1
                        : ScaleBenchmark.ENDPOINTS);
        cluster.set(index, changed);
        server.put(ApiObjects.of(changed.slice(1, changed.endpoints(), "n1")));
    }

    /// Changes come in order, so that the kernel has them all when it has one more.
    private static void settle(List<BenchService> cluster, FakeApiServer server, KernelWatch kernel) {
        double _ = kernel.millisUntilChanged(cluster.getFirst(), () -> change(cluster, server, 0));
    }

    private Audit audit(AgentProcess.Home home) throws IOException, InterruptedException {
        Process audit = new ProcessBuilder(
                        culvert.toString(),
                        "audit",
                        "--run-dir",
                        home.directory().resolve("run").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(audit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Audit(audit.waitFor(), output.lines().reduce("", (_, last) -> last));
    }
}
