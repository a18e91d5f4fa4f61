// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `xdp_lb` remembers of the stack's routes for a few milliseconds, and what may not come of that.
@KernelTest(commands = "taskset")
class XdpRouteKernelTest {

    private static final int XDP_PASS = 2;
    private static final int XDP_TX = 3;
    private static final int MTU = 1500;
    private static final int IPV4_TCP = 20 + 20;
    private static final int IPV6_TCP = 40 + 20;

    /// So many packets follow each other within a few milliseconds.
    private static final int MANY = 500;

    private static final long SECOND = 1_000_000_000L;

    private interface Step {
        void take(Site site, Kernel kernel);
    }

    private static void in(Step step) throws Exception {
        try (Site site = new Site()) {
            site.call(() -> {
                stayOnThisProcessor();
                try (Kernel kernel = new Kernel(new Settings(false, true, true, false, true))) {
                    step.take(site, kernel);
                }
                return 0;
            });
        }
    }

    /// Each processor remembers for itself. The thread is one of the site's own, and ends with the step.
    private static void stayOnThisProcessor() throws Exception {
        String status = Files.readString(Path.of("/proc/thread-self/status"));
        String processor = status.replaceFirst("(?s).*Cpus_allowed_list:\\s*(\\d+).*", "$1");
        String thread = Files.readSymbolicLink(Path.of("/proc/thread-self"))
                .getFileName()
                .toString();
        Process taskset = new ProcessBuilder("taskset", "-cp", processor, thread)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(taskset.waitFor()).isZero();
    }

    private static IpPort client(boolean v4) {
        return new IpPort(IpAddress.of(v4 ? "198.51.100.7" : "2001:db8:aaaa::7"), 5000);
    }

    private static IpPort service(boolean v4) {
        return new IpPort(IpAddress.of(v4 ? "203.0.113.9" : "2001:db8:bbbb::9"), 80);
    }

    /// An established connection whose backend is behind the router of the outer device.
    private static void connect(Kernel kernel, boolean v4) {
        IpPort backend = new IpPort(IpAddress.of(v4 ? "10.1.1.2" : "fd00:1:1::2"), 8080);
        IpPort masquerade = new IpPort(v4 ? Settings.NODE4 : Settings.NODE6, 61000);
        int state = FlowFlag.ANSWERED.bit() | FlowFlag.SYN.bit() | FlowFlag.MASQUERADED.bit();
        long now = System.nanoTime();
        Flow flow = new Flow(
                Protocol.TCP,
                FlowRole.FORWARD,
                client(v4),
                service(v4),
                backend,
                client(v4),
                masquerade,
                1,
                1,
                now,
                now,
                0,
                0,
                state,
                0);
        kernel.put(Tables.FLOWS, flow.key(), flow);
    }

    /// A packet of its client.
    ///
    /// @param length from the network header on
    private static Frame packet(boolean v4, int length, int device) {
        byte[] bytes = PacketBuilder.ethernet()
                .ip(client(v4).address(), service(v4).address())
                .tcp(client(v4).port(), service(v4).port(), TcpFlag.ACK)
                .payload(new byte[length - (v4 ? IPV4_TCP : IPV6_TCP)])
                .toBytes();
        System.arraycopy(Site.MAC, 0, bytes, 0, Site.MAC.length);
        return new Frame(Hook.NET_INGRESS, bytes, device, device);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatDoesNotFitIsLeftToTheStackAlsoAfterOneThatDid(boolean v4) throws Exception {
        in((_, kernel) -> {
            connect(kernel, v4);
            Frame fits = packet(v4, MTU, Site.OUTER);
            Frame large = packet(v4, MTU + 1, Site.OUTER);
            for (int i = 0; i < MANY; i++) {
                assertThat(kernel.runXdp(fits)).isEqualTo(XDP_TX);
                assertThat(kernel.runXdp(large)).isEqualTo(XDP_PASS);
                assertThat(kernel.packet()).isEqualTo(large.bytes());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNeighbourThatChangesIsFollowed(boolean v4) throws Exception {
        in((site, kernel) -> {
            connect(kernel, v4);
            Frame packet = packet(v4, 100, Site.OUTER);
            for (int i = 0; i < MANY; i++) {
                assertThat(nextHop(kernel, packet)).isEqualTo(Site.ROUTER);
            }

            site.nextHopIsThisDevice();

            long deadline = System.nanoTime() + SECOND;
            byte[] next = nextHop(kernel, packet);
            while (System.nanoTime() < deadline && !Arrays.equals(next, Site.MAC)) {
                next = nextHop(kernel, packet);
            }
            assertThat(next).isEqualTo(Site.MAC);
        });
    }

    /// A rule of routing asks by which device a packet came in.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSamePacketByAnotherDeviceHasItsOwnRoute(boolean v4) throws Exception {
        in((site, kernel) -> {
            connect(kernel, v4);
            site.routesBackFromTheInnerDevice();
            for (int i = 0; i < MANY; i++) {
                assertThat(kernel.runXdp(packet(v4, 100, Site.OUTER))).isEqualTo(XDP_TX);
                assertThat(kernel.runXdp(packet(v4, 100, Site.INNER))).isEqualTo(XDP_TX);
            }
        });
    }

    private static byte[] nextHop(Kernel kernel, Frame packet) {
        assertThat(kernel.runXdp(packet)).isEqualTo(XDP_TX);
        return Arrays.copyOf(kernel.packet(), Site.MAC.length);
    }
}
