// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.TestRun;
import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a packet costs before the stack, and what both programs behind it cost without the stack between them. Figures
/// are
/// printed; that each run did the work is checked. Run it on a machine that does nothing else.
@KernelTest
class XdpCostKernelTest {

    /// Fewer than a packet has hops to live.
    private static final int REPEAT = 60;

    private static final int ROUNDS = 2000;
    private static final int OPENED = 250;
    private static final int XDP_TX = 3;

    /// A packet that a translation gives the ends of another, which the other translation gives the ends of the first:
    /// so a run of the program leaves work for the next.
    private record Pair(IpPort client, IpPort service, IpPort masquerade, IpPort backend) {

        static Pair of(boolean v4) {
            return v4
                    ? new Pair(
                            end("198.51.100.7", 5000),
                            end("203.0.113.10", 30080),
                            end("203.0.113.20", 61000),
                            end("10.1.1.2", 8080))
                    : new Pair(
                            end("2001:db8:aaaa::7", 5000),
                            end("2001:db8:bbbb::10", 30080),
                            end("2001:db8:bbbb::20", 61000),
                            end("fd00:1:1::2", 8080));
        }
    }

    private static IpPort end(String address, int port) {
        return new IpPort(IpAddress.of(address), port);
    }

    private static void put(
            Kernel kernel, FlowRole role, IpPort client, IpPort service, IpPort backend, IpPort masquerade) {
        Flow flow = new Flow(
                Protocol.TCP,
                role,
                client,
                service,
                backend,
                client,
                masquerade,
                1,
                1,
                System.nanoTime(),
                System.nanoTime(),
                0,
                0,
                FlowFlag.MASQUERADED.bit() | FlowFlag.ANSWERED.bit() | FlowFlag.SYN.bit());
        kernel.put(Tables.FLOWS, flow.key(), flow);
    }

    private static byte[] frame(IpPort from, IpPort to, TcpFlag flag) {
        byte[] frame = PacketBuilder.ethernet()
                .ip(from.address(), to.address())
                .tcp(from.port(), to.port(), flag)
                .payload("sixteen bytes!!!")
                .toBytes();
        System.arraycopy(Site.MAC, 0, frame, 0, Site.MAC.length);
        return frame;
    }

    private static byte[] xdp(byte[] frame) {
        return ByteBuffer.allocate(24)
                .order(ByteOrder.nativeOrder())
                .putInt(4, frame.length)
                .putInt(12, Site.OUTER)
                .array();
    }

    private static byte[] tc() {
        return ByteBuffer.allocate(44)
                .order(ByteOrder.nativeOrder())
                .putInt(36, Site.OUTER)
                .putInt(40, Site.OUTER)
                .array();
    }

    /// The median of the faster half: other work on the machine only ever makes a run slower.
    private static int typical(List<Integer> durations) {
        List<Integer> sorted = durations.stream().sorted().toList();
        return sorted.get(sorted.size() / 4);
    }

    private static int cost(Kernel kernel, String program, byte[] frame, byte[] context, int verdict) {
        List<Integer> durations = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            TestRun run = kernel.program(program).testRun(frame, context, REPEAT);
            assertThat(run.verdict()).as(program).isEqualTo(verdict);
            durations.add(run.nanosPerRun());
        }
        return typical(durations);
    }

    private static void established(Kernel kernel, boolean v4) {
        Pair pair = Pair.of(v4);
        IpPort other = new IpPort(pair.client().address(), 5001);
        IpPort otherMasquerade = new IpPort(pair.masquerade().address(), 61001);
        put(kernel, FlowRole.FORWARD, pair.client(), pair.service(), pair.backend(), pair.masquerade());
        put(kernel, FlowRole.FORWARD, pair.masquerade(), pair.backend(), pair.service(), pair.client());
        put(kernel, FlowRole.FORWARD, pair.client(), pair.backend(), pair.service(), pair.masquerade());
        put(kernel, FlowRole.REPLY, other, pair.service(), pair.backend(), otherMasquerade);
        put(kernel, FlowRole.REPLY, otherMasquerade, pair.service(), pair.backend(), other);
        byte[] frame = frame(pair.client(), pair.service(), ACK);

        int before = cost(kernel, "xdp_lb", frame, xdp(frame), XDP_TX);
        int ingress = cost(kernel, "net_ingress", frame, tc(), Outcome.PASS);
        int egress = cost(kernel, "net_egress", frame(other, pair.backend(), ACK), tc(), Outcome.PASS);
        Flow forward = kernel.flow(FlowKey.between(Protocol.TCP, pair.client(), pair.service()))
                .orElseThrow();
        assertThat(forward.packets()).as("counted").isEqualTo((long) ROUNDS * REPEAT);
        System.out.printf(
                "%s established: xdp_lb %d ns with route, net_ingress %d ns and net_egress %d ns without%n",
                v4 ? "IPv4" : "IPv6", before, ingress, egress);
    }

    private static void opened(Kernel kernel, boolean v4) {
        IpAddress service = IpAddress.of(v4 ? "203.0.113.99" : "2001:db8:bbbb::99");
        Pair pair = Pair.of(v4);
        int index = kernel.extents.reserve();
        Backend backend =
                new Backend(pair.backend().address(), pair.backend().port(), 1, kernel.ids.allocate(), 0, false, false);
        kernel.extents.publish(new Extent(index, 0, 0, 0, 1, 0, Algorithm.RANDOM, false, false, List.of(backend)));
        kernel.put(
                Tables.FRONTENDS,
                new FrontendKey(service, 80, Protocol.TCP),
                new Frontend(index, FrontendType.LOAD_BALANCER, Set.of()));
        List<Integer> before = new ArrayList<>();
        List<Integer> ingress = new ArrayList<>();
        for (int port = 10000; port < 10000 + OPENED; port++) {
            byte[] frame = frame(new IpPort(pair.client().address(), port), new IpPort(service, 80), SYN);
            TestRun run = kernel.program("xdp_lb").testRun(frame, xdp(frame), 1);
            assertThat(run.verdict()).isEqualTo(XDP_TX);
            before.add(run.nanosPerRun());
        }
        kernel.forgetFlows();
        for (int port = 10000; port < 10000 + OPENED; port++) {
            byte[] frame = frame(new IpPort(pair.client().address(), port), new IpPort(service, 80), SYN);
            TestRun run = kernel.program("net_ingress").testRun(frame, tc(), 1);
            assertThat(run.verdict()).isEqualTo(Outcome.PASS);
            ingress.add(run.nanosPerRun());
        }
        kernel.forgetFlows();
        System.out.printf(
                "%s new, one run each: xdp_lb %d ns with routes, net_ingress %d ns%n",
                v4 ? "IPv4" : "IPv6", typical(before), typical(ingress));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyRunTranslates(boolean v4) throws Exception {
        try (Site site = new Site()) {
            site.call(() -> {
                // The next hop sends the packet back to this device, as far as a run of the program goes.
                site.nextHopIsThisDevice();
                try (Kernel kernel = new Kernel(new Settings(false, true, true, false, true))) {
                    established(kernel, v4);
                    kernel.forgetFlows();
                    opened(kernel, v4);
                }
                return 0;
            });
        }
    }
}
