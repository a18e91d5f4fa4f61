// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.loader.TestRun;
import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.Control;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The packet programs of a node's pods and of its devices, with one set of maps. Pods have the addresses 10.1.0.0/16
/// and fd00:1::/32, those of this node 10.1.0.0/24 and fd00:1::/64.
final class NodePrograms implements AutoCloseable {

    private static final int MAC = 6;

    final PodPrograms pods;
    final ServiceTables tables;
    private final BpfObject devices;

    private NodePrograms(PodPrograms pods, BpfObject devices) {
        this.pods = pods;
        this.tables = pods.tables;
        this.devices = devices;
    }

    static NodePrograms load() {
        return load(settings -> settings);
    }

    static NodePrograms load(UnaryOperator<BpfObject> settings) {
        return open(object -> PodPrograms.atNode(settings.apply(object)));
    }

    /// On a node that knows no address of its own.
    static NodePrograms loadWithoutAddress() {
        return open(object -> object);
    }

    private static NodePrograms open(UnaryOperator<BpfObject> settings) {
        PodPrograms pods = PodPrograms.open(settings);
        BpfObject devices = BpfObject.open("net", PodPrograms.elf("net"));
        for (String map : devices.mapNames()) {
            if (Tables.named(map).isPresent()) {
                devices.reuse(map, pods.object().map(map));
            }
        }
        settings.apply(devices).load();
        var node = new NodePrograms(pods, devices);
        node.tables.remove(Tables.DEVICES, PodPrograms.TEST_DEVICE);
        for (String address : List.of(PodPrograms.NODE4, PodPrograms.NODE6)) {
            node.tables.put(Tables.NODE_ADDRESSES, new AddressKey(IpAddress.of(address)), AddressKey.NODE_PORTS);
        }
        node.setRanges(pods("10.1.0.0/16"), pods("fd00:1::/32"));
        return node;
    }

    static AddressRange pods(String prefix) {
        return AddressRange.of(IpPrefix.parse(prefix).orElseThrow(), Set.of(AddressRange.Meaning.PODS));
    }

    void setRanges(AddressRange... ranges) {
        tables.put(Tables.CONTROL, 0, Control.EMPTY.withRanges(List.of(ranges)));
    }

    /// Whether an address is that of a pod of this node.
    static boolean isHere(IpAddress address) {
        return IpPrefix.parse("10.1.0.0/24").orElseThrow().contains(address)
                || IpPrefix.parse("fd00:1::/64").orElseThrow().contains(address);
    }

    /// A packet that comes in by a device of the node. The programs look at frames to this node only, and the
    /// interface of a test run has a MAC address of zeros.
    TestRun arrives(byte[] packet) {
        byte[] frame = packet.clone();
        Arrays.fill(frame, 0, MAC, (byte) 0);
        TestRun run = devices.program("net_ingress").testRun(frame, 1);
        byte[] result = run.packet().clone();
        for (int mac : new int[] {0, MAC}) {
            if (Arrays.equals(result, mac, mac + MAC, new byte[MAC], 0, MAC)) {
                System.arraycopy(packet, 0, result, mac, MAC);
            }
        }
        return new TestRun(run.verdict(), result, run.context(), run.nanosPerRun());
    }

    TestRun arrivesForOthers(byte[] packet) {
        return devices.program("net_ingress").testRun(packet, 1);
    }

    /// A packet that leaves by a device of the node and was sent elsewhere.
    TestRun leaves(byte[] packet) {
        return devices.program("net_egress").testRun(packet, PodPrograms.FORWARDED, 1);
    }

    /// A packet that this node sends by one of its devices.
    TestRun sends(byte[] packet) {
        return devices.program("net_egress").testRun(packet, 1);
    }

    /// What becomes of a packet that comes in by where its source is, and must go on.
    byte[] in(byte[] packet, boolean here) {
        return expect(PodPrograms.PASS, here ? pods.ingress(packet) : arrives(packet));
    }

    /// What becomes of a packet that goes out to where its destination is, and must go on.
    byte[] out(byte[] packet, boolean here) {
        return expect(PodPrograms.PASS, here ? pods.egress(packet) : leaves(packet));
    }

    void dropped(byte[] packet) {
        expect(PodPrograms.DROP, arrives(packet));
    }

    /// What comes back to the client outside.
    byte[] turned(byte[] packet) {
        return expect(PodPrograms.TURNED, arrives(packet));
    }

    private static byte[] expect(int verdict, TestRun run) {
        assertThat(run.verdict())
                .as("verdict (-1 pass, 2 drop, 7 turned round)")
                .isEqualTo(verdict);
        return run.packet();
    }

    @Override
    public void close() {
        devices.close();
        pods.close();
    }
}
