// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.loader.ProgramRunner;
import io.culvert.loader.TestRun;
import io.culvert.loader.XdpAttachment;
import io.culvert.loader.XdpMode;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.maps.DeviceKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.packet.TcpFlag;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is handed to backends of other nodes before the stack, byte by byte.
@LabTest
@DsrCases
class DsrXdpKernelTest extends DsrFixture {

    private static final int PASS = 2;
    private static final int TX = 3;
    private static final int MAC = 6;

    DsrXdpKernelTest(IpFamily family, boolean geneve, FrontendType type) {
        super(family, geneve, type);
    }

    /// So that the stack knows the neighbour that leads to the backend: XDP does not ask for it.
    @BeforeParameterizedClassInvocation
    static void askForNeighbours() {
        lab.pod("b1").sockets().serve(8080);
        for (IpFamily family : IpFamily.values()) {
            String backend = lab.pod("b1").ip(family).toString();
            assertThat(lab.node("here").sockets().tcp(backend, 8080).answer().server())
                    .isEqualTo("b1");
        }
    }

    /// The packet in a frame of this node's device, one after the other.
    private TestRun[] run(byte[]... packets) throws Exception {
        return NetworkNamespace.call(Path.of("/run/netns", lab.node("here").netns()), () -> {
            Link device = Rtnetlink.links().stream()
                    .filter(link -> link.name().equals("eth0"))
                    .findFirst()
                    .orElseThrow();
            byte[] mac = Arrays.copyOfRange(
                    ByteBuffer.allocate(Long.BYTES)
                            .putLong(address(device).bits())
                            .array(),
                    2,
                    8);
            try (BpfObject object = BpfObject.open("xdp", PodPrograms.elf("xdp"));
                    ProgramRunner runner = new ProgramRunner()) {
                for (String map : object.mapNames()) {
                    if (node.pods.object().mapNames().contains(map)
                            && Tables.named(map).isPresent()) {
                        object.reuse(map, node.pods.object().map(map));
                    }
                }
                PodPrograms.atNode(object.configure("config_dsr_geneve", geneve))
                        .load();
                var devices = new ServiceTables(object::map);
                devices.put(
                        Tables.XDP_DEVICES,
                        new DeviceKey(device.index()),
                        address(device).bits());
                try (XdpAttachment attached =
                        XdpAttachment.attach(object.program("xdp_lb"), device.index(), XdpMode.NATIVE)) {
                    TestRun[] runs = new TestRun[packets.length];
                    for (int i = 0; i < runs.length; i++) {
                        byte[] frame = packets[i].clone();
                        System.arraycopy(mac, 0, frame, 0, MAC);
                        int verdict = runner.runXdp(object.program("xdp_lb"), frame, device.index());
                        byte[] result = runner.packet();
                        if (verdict == TX) {
                            assertThat(Arrays.copyOfRange(result, MAC, 2 * MAC))
                                    .as("source")
                                    .isEqualTo(mac);
                            assertThat(Arrays.copyOf(result, MAC))
                                    .as("next hop")
                                    .isNotEqualTo(mac);
                        }
                        System.arraycopy(packets[i], 0, result, 0, 2 * MAC);
                        runs[i] = new TestRun(verdict, result, new byte[0], 0);
                    }
                    attached.detach();
                    return runs;
                }
            }
        });
    }

    private static MacAddress address(Link device) {
        return device.address().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "UDP"})
    void everyPacketIsHandedOnUnchangedInAnOuterHeader(Protocol protocol) throws Exception {
        serve(protocol, false);
        byte[] first = protocol == Protocol.TCP ? packets.tcp(TcpFlag.SYN) : packets.udp(9);
        byte[] next = protocol == Protocol.TCP ? packets.tcp(TcpFlag.ACK) : packets.udp(9);

        TestRun[] runs = run(first, next);

        assertThat(runs).extracting(TestRun::verdict).containsExactly(TX, TX);
        packets.isHandedOn(first, runs[0].packet());
        packets.isHandedOn(next, runs[1].packet());
        assertThat(flow(protocol).packets()).isEqualTo(2);
        assertThat(node.tables.count(Tables.FLOWS)).as("entries").isEqualTo(1);
    }

    /// The programs behind the stack answer its sender.
    @Test
    void whatDoesNotFitIsLeftToTheStackAndNotCounted() throws Exception {
        serve(Protocol.UDP, false);
        int room = 1500 - packets.headers() - (family == IpFamily.IPV4 ? 28 : 48);
        byte[] fits = packets.udp(room);
        byte[] big = packets.udp(room + 1);

        TestRun[] runs = run(fits, big);

        assertThat(runs).extracting(TestRun::verdict).containsExactly(TX, PASS);
        packets.isHandedOn(fits, runs[0].packet());
        assertThat(runs[1].packet()).isEqualTo(big);
        assertThat(flow(Protocol.UDP).packets()).isEqualTo(1);
    }

    @Test
    void aBackendOfThisNodeIsLeftToTheStack() throws Exception {
        serve(Protocol.TCP, true);
        byte[] packet = packets.tcp(TcpFlag.SYN);

        TestRun[] runs = run(packet);

        assertThat(runs[0].verdict()).isEqualTo(PASS);
        assertThat(runs[0].packet()).isEqualTo(packet);
    }
}
