// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.fakeapi.FakeApiServer;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabProcess;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Endpoints leave and join a Service of 1,000 while 1,000 connections a second are made to it. An endpoint that left
/// goes on to serve, as a pod does that ends gracefully.
final class UpdateBenchmark {

    static final int ENDPOINTS = 1_000;
    static final int RATE = 1_000;
    private static final int SLICE = 100;
    private static final int WARM_UP = 100;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final LoadProgram load;
    private final Path culvert;
    private final int changes;

    UpdateBenchmark(LoadProgram load, Path culvert, int changes) {
        this.load = load;
        this.culvert = culvert;
        this.changes = changes;
    }

    /// @param changeMillis from the change of one endpoint at the API server to the kernel, one for each change
    record Result(List<Double> changeMillis, LoadProgram.Paced connections) {}

    Result run() throws Exception {
        Progress.say("update: preparing");
        try (Lab lab = Lab.builder()
                        .families(IpFamily.IPV4)
                        .node("n1", PodAttachment.ROUTED, "client", "server")
                        .create();
                FakeApiServer server = FakeApiServer.start()) {
            LabNode node = lab.node("n1");
            serveAll(lab.pod("server"));
            BenchService service = BenchService.of(0, endpoints());
            server.put(LabObjects.node(node));
            server.put(service.manifest("n1"));
            for (int slice = 0; slice < ENDPOINTS / SLICE; slice++) {
                server.put(object(service, slice, -1));
            }
            AgentProcess.Home home = AgentProcess.Home.of(node);
            try (AgentProcess _ = AgentProcess.start(home, culvert, AgentProcess.following(server));
                    KernelWatch kernel = KernelWatch.open(node.bpffs())) {
                var _ = change(service, server, kernel, WARM_UP);
                return underLoad(lab.pod("client"), service, server, kernel);
            }
        }
    }

    private Result underLoad(LabPod client, BenchService service, FakeApiServer server, KernelWatch kernel) {
        double seconds = 1 + changes * 1.5 * PAUSE_NANOS / 1e9;
        LabProcess connections =
                load.startPaced(client, seconds, service.clusterIp().toString(), service.port(), RATE);
        List<Double> millis = change(service, server, kernel, changes);
        if (!connections.isAlive()) {
            throw new IllegalStateException("the connections ended before the changes: " + connections.log());
        }
        return new Result(millis, LoadProgram.awaitPaced(connections, seconds));
    }

    /// Takes an endpoint at random from the Service, gives it back, and so on.
    private static List<Double> change(BenchService service, FakeApiServer server, KernelWatch kernel, int changes) {
        Random random = new Random(1);
        List<Double> millis = new ArrayList<>();
        int endpoint = 0;
        for (int i = 0; i < changes; i++) {
            Progress.say("update: change " + i + " of " + changes);
            LockSupport.parkNanos(PAUSE_NANOS);
            endpoint = i % 2 == 0 ? random.nextInt(ENDPOINTS) : endpoint;
            ObjectNode slice = object(service, endpoint / SLICE, i % 2 == 0 ? endpoint : -1);
            millis.add(kernel.millisUntilChanged(service, () -> server.put(slice)));
        }
        return millis;
    }

    /// @param slice 0 for the first
    /// @param without the endpoint that is left out, or -1
    private static ObjectNode object(BenchService service, int slice, int without) {
        List<IpAddress> part = IntStream.range(slice * SLICE, (slice + 1) * SLICE)
                .filter(i -> i != without)
                .mapToObj(service.endpoints()::get)
                .toList();
        return ApiObjects.of(service.slice(slice + 1, part, "n1"));
    }

    /// One server answers at all addresses.
    private void serveAll(LabPod server) {
        server.exec("ip", "route", "add", "local", "10.250.0.0/22", "dev", "lo").orThrow();
        server.node()
                .exec(
                        "ip",
                        "route",
                        "add",
                        "10.250.0.0/22",
                        "via",
                        server.ip(IpFamily.IPV4).toString())
                .orThrow();
        load.serve(server, BenchService.TARGET_PORT);
    }

    private static List<IpAddress> endpoints() {
        return IntStream.rangeClosed(1, ENDPOINTS)
                .mapToObj(i -> IpAddress.ofV4(0x0afa0000 + i))
                .toList();
    }
}
