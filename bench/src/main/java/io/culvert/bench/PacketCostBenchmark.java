// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.TestRun;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What a packet costs each program, by test runs.
///
/// A run leaves its packet for the next. So a packet of an established connection is translated there and back: what it
/// becomes is a packet of a connection to the first one's ends.
final class PacketCostBenchmark {

    static final List<Integer> SERVICES = List.of(1, 10_000);

    /// Steps of `xdp_lb`, each with those before it.
    static final List<String> PARTS = List.of("xdp_nothing", "xdp_parsed", "xdp_found", "xdp_routed");

    static final List<String> PROGRAMS = List.of("pod_ingress", "pod_egress", "net_ingress", "net_egress", "xdp_lb");

    /// Fewer than a packet has hops to live.
    private static final int REPEAT = 60;

    private static final int PASS = -1;
    private static final int XDP_TX = 3;

    /// Loopback stands for a pod's interface.
    static final int POD = 1;
    private static final IpPort NONE = new IpPort(IpAddress.UNSPECIFIED, 0);

    private final Path root;
    private final int rounds;
    private final int connections;

    /// @param rounds of [#REPEAT] runs each, for packets of established connections
    /// @param connections that are opened, each by one run
    PacketCostBenchmark(Path root, int rounds, int connections) {
        this.root = root;
        this.rounds = rounds;
        this.connections = connections;
    }

    /// Nanoseconds a run.
    record Cost(String what, boolean v4, int services, double nanos) {}

    /// @param instructions that the verifier walked, by program
    record Result(List<Cost> costs, Map<String, Integer> instructions) {}

    /// @param device that the packet seems to come in by
    private record Case(String what, String program, int device, int verdict) {}

    private static final Case POD_ESTABLISHED =
            new Case("`pod_ingress`, established, to a ClusterIP", "pod_ingress", POD, PASS);
    private static final Case NET_ESTABLISHED =
            new Case("`net_ingress`, established, to a load balancer", "net_ingress", PacketSite.DEVICE, PASS);
    private static final Case NET_MASQUERADED =
            new Case("`net_egress`, the same connection, masquerade", "net_egress", PacketSite.DEVICE, PASS);
    private static final Case XDP_ESTABLISHED =
            new Case("`xdp_lb`, established, both with masquerade and route", "xdp_lb", PacketSite.DEVICE, XDP_TX);
    private static final Case POD_NEW = new Case("`pod_ingress`, new, Maglev", "pod_ingress", POD, PASS);
    private static final Case NET_NEW =
            new Case("`net_ingress`, new, Maglev, masquerade", "net_ingress", PacketSite.DEVICE, PASS);
    private static final Case XDP_NEW =
            new Case("`xdp_lb`, new, Maglev, masquerade and route", "xdp_lb", PacketSite.DEVICE, XDP_TX);

    Result run() throws Exception {
        List<Cost> costs = new ArrayList<>();
        Map<String, Integer> instructions = new LinkedHashMap<>();
        for (int services : SERVICES) {
            try (PacketSite site = new PacketSite()) {
                site.call(() -> {
                    try (PacketWorld world = new PacketWorld(root, services)) {
                        measure(world, services, true, costs);
                        measure(world, services, false, costs);
                        PROGRAMS.forEach(name -> instructions.put(
                                name, world.program(name).info().verifiedInstructions()));
                    }
                    return 0;
                });
            }
        }
        return new Result(costs, instructions);
    }

    private void measure(PacketWorld world, int services, boolean v4, List<Cost> costs) {
        Progress.say("xdp: %,d Services, %s".formatted(services, v4 ? "IPv4" : "IPv6"));
        IpPort client = new IpPort(IpAddress.of(v4 ? "198.51.100.7" : "2001:db8:aaaa::7"), 5000);
        IpPort backend = new IpPort(IpAddress.of(v4 ? "10.1.1.2" : "fd00:1:1::2"), 8080);
        IpPort clusterIp = new IpPort(world.clusterIp(v4), BenchService.PORT);
        IpPort external = new IpPort(world.external(v4), BenchService.PORT);
        IpPort masquerade = new IpPort(IpAddress.of(v4 ? PacketSite.NODE4 : PacketSite.NODE6), 61000);

        world.put(FlowRole.FORWARD, client, clusterIp, backend, NONE);
        world.put(FlowRole.FORWARD, client, backend, clusterIp, NONE);
        byte[] toClusterIp = frame(client, clusterIp, TcpFlag.ACK);
        costs.add(new Cost(POD_ESTABLISHED.what(), v4, services, established(world, POD_ESTABLISHED, toClusterIp)));

        world.put(FlowRole.FORWARD, client, external, backend, masquerade);
        world.put(FlowRole.FORWARD, client, backend, external, masquerade);
        world.put(FlowRole.FORWARD, masquerade, backend, external, client);
        byte[] toExternal = frame(client, external, TcpFlag.ACK);
        costs.add(new Cost(NET_ESTABLISHED.what(), v4, services, established(world, NET_ESTABLISHED, toExternal)));
        costs.add(new Cost(XDP_ESTABLISHED.what(), v4, services, established(world, XDP_ESTABLISHED, toExternal)));
        for (String part : PARTS) {
            Case one = new Case(part, part, PacketSite.DEVICE, XDP_TX);
            costs.add(new Cost(part, v4, services, established(world, one, toExternal)));
        }

        IpPort other = new IpPort(client.address(), 5001);
        IpPort otherMasquerade = new IpPort(masquerade.address(), 61001);
        world.put(FlowRole.REPLY, other, external, backend, otherMasquerade);
        world.put(FlowRole.REPLY, otherMasquerade, external, backend, other);
        costs.add(new Cost(
                NET_MASQUERADED.what(),
                v4,
                services,
                established(world, NET_MASQUERADED, frame(other, backend, TcpFlag.ACK))));

        costs.add(new Cost(POD_NEW.what(), v4, services, opened(world, POD_NEW, client, clusterIp, 10_000)));
        costs.add(new Cost(NET_NEW.what(), v4, services, opened(world, NET_NEW, client, external, 20_000)));
        costs.add(new Cost(XDP_NEW.what(), v4, services, opened(world, XDP_NEW, client, external, 30_000)));
    }

    private double established(PacketWorld world, Case one, byte[] frame) {
        double _ = nanos(world, one, frame, 1);
        return typical(IntStream.range(0, rounds)
                .mapToDouble(_ -> nanos(world, one, frame, REPEAT))
                .boxed()
                .toList());
    }

    private double opened(PacketWorld world, Case one, IpPort client, IpPort service, int firstPort) {
        return typical(IntStream.range(firstPort, firstPort + connections)
                .mapToDouble(port ->
                        nanos(world, one, frame(new IpPort(client.address(), port), service, TcpFlag.SYN), 1))
                .boxed()
                .toList());
    }

    /// Other work on the machine only ever makes a run slower.
    private static double typical(List<Double> nanos) {
        return Median.quantile(nanos, 0.25);
    }

    private static double nanos(PacketWorld world, Case one, byte[] frame, int repeat) {
        byte[] context = one.program().startsWith("xdp") ? xdpContext(frame) : context(one);
        TestRun run = world.program(one.program()).testRun(frame, context, repeat);
        if (run.verdict() != one.verdict()) {
            throw new IllegalStateException("%s: verdict %d".formatted(one.what(), run.verdict()));
        }
        // After an even number of runs it is what it was.
        if (repeat == 1 && !PARTS.contains(one.program()) && Arrays.equals(run.packet(), frame)) {
            throw new IllegalStateException(one.what() + ": the packet was not translated");
        }
        return run.nanosPerRun();
    }

    /// The beginning of `struct xdp_md`.
    private static byte[] xdpContext(byte[] frame) {
        return ByteBuffer.allocate(24)
                .order(ByteOrder.nativeOrder())
                .putInt(4, frame.length)
                .putInt(12, PacketSite.DEVICE)
                .array();
    }

    /// The beginning of `struct __sk_buff`.
    private static byte[] context(Case one) {
        return ByteBuffer.allocate(44)
                .order(ByteOrder.nativeOrder())
                .putInt(36, one.device())
                .putInt(40, one.device())
                .array();
    }

    private static byte[] frame(IpPort from, IpPort to, TcpFlag flag) {
        byte[] frame = PacketBuilder.ethernet()
                .ip(from.address(), to.address())
                .tcp(from.port(), to.port(), flag)
                .payload("sixteen bytes!!!")
                .toBytes();
        for (int i = 0; i < 6; i++) {
            frame[i] = (byte) (PacketSite.MAC >> (8 * (5 - i)));
        }
        return frame;
    }
}
