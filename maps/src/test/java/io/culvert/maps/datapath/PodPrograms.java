// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.loader.TestRun;
import io.culvert.maps.Device;
import io.culvert.maps.DeviceKey;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.function.UnaryOperator;

/// `pod_ingress` and `pod_egress` with maps of their own, run on packets without a network.
final class PodPrograms implements AutoCloseable {

    /// `TC_ACT_UNSPEC`: the packet goes on, and programs attached later run.
    static final int PASS = -1;

    /// `TC_ACT_SHOT`
    static final int DROP = 2;

    /// `TC_ACT_REDIRECT`: out of the interface that it came in by.
    static final int TURNED = 7;

    /// `struct __sk_buff` of a packet that came in by some interface.
    static final byte[] FORWARDED = cameInBy(1);

    /// Where packets of a test run seem to come in: the loopback interface.
    static final DeviceKey TEST_DEVICE = new DeviceKey(1);

    static final String NODE4 = "192.0.2.1";
    static final String NODE6 = "2001:db8::1";

    final ServiceTables tables;
    private final BpfObject object;

    private PodPrograms(BpfObject object) {
        this.object = object;
        this.tables = new ServiceTables(object::map);
    }

    static PodPrograms load() {
        return load(settings -> settings);
    }

    static PodPrograms load(UnaryOperator<BpfObject> settings) {
        return open(object -> atNode(settings.apply(object)));
    }

    /// Sets the addresses of the node.
    static BpfObject atNode(BpfObject object) {
        return object.configure("config_node_ipv4", bytes(NODE4)).configure("config_node_ipv6", bytes(NODE6));
    }

    static PodPrograms loadWithoutNode() {
        return open(settings -> settings);
    }

    static PodPrograms open(UnaryOperator<BpfObject> settings) {
        BpfObject object = BpfObject.open("pod", elf("pod"));
        settings.apply(object).load();
        var pod = new PodPrograms(object);
        markTestDevice(pod.tables);
        return pod;
    }

    /// What comes in counts as from a pod.
    static void markTestDevice(ServiceTables tables) {
        tables.put(Tables.DEVICES, TEST_DEVICE, new Device(IpAddress.UNSPECIFIED, IpAddress.UNSPECIFIED, true));
    }

    /// `struct ip`
    private static byte[] bytes(String address) {
        IpAddress ip = IpAddress.of(address);
        return ByteBuffer.allocate(16).putLong(ip.high()).putLong(ip.low()).array();
    }

    /// @param ifindex interface that a packet came in by; 0: this node sends it
    private static byte[] cameInBy(int ifindex) {
        return ByteBuffer.allocate(40)
                .order(ByteOrder.nativeOrder())
                .putInt(36, ifindex)
                .array();
    }

    static byte[] elf(String name) {
        try (InputStream stream = PodPrograms.class.getResourceAsStream("/io/culvert/bpf/" + name + ".o")) {
            return Objects.requireNonNull(stream, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BpfObject object() {
        return object;
    }

    /// A packet that the pod sends.
    TestRun ingress(byte[] packet) {
        return object.program("pod_ingress").testRun(packet, 1);
    }

    /// A packet that the pod is about to receive, from elsewhere than the node itself.
    TestRun egress(byte[] packet) {
        return object.program("pod_egress").testRun(packet, FORWARDED, 1);
    }

    /// What becomes of a packet that the pod sends, and that must go on.
    byte[] sent(byte[] packet) {
        return expect(PASS, ingress(packet));
    }

    /// What the pod receives of a packet that must reach it.
    byte[] received(byte[] packet) {
        return expect(PASS, egress(packet));
    }

    /// What comes back to the pod that sent a packet.
    byte[] turned(byte[] packet) {
        return expect(TURNED, ingress(packet));
    }

    void dropped(byte[] packet) {
        expect(DROP, ingress(packet));
    }

    private static byte[] expect(int verdict, TestRun run) {
        assertThat(run.verdict())
                .as("verdict (-1 pass, 2 drop, 7 turned round)")
                .isEqualTo(verdict);
        return run.packet();
    }

    /// The entry between two ends, for example `10.1.0.2:40000` and `10.96.0.1:80`.
    Flow flow(Protocol protocol, String one, String other) {
        return tables.get(Tables.FLOWS, key(protocol, one, other)).orElseThrow();
    }

    boolean hasFlow(Protocol protocol, String one, String other) {
        return tables.get(Tables.FLOWS, key(protocol, one, other)).isPresent();
    }

    /// Makes an entry look as if it had seen its last packet some time ago.
    void age(Flow flow, long seconds) {
        rewrite(flow, flow.created(), System.nanoTime() - seconds * 1_000_000_000L);
    }

    /// Makes an entry look as if its connection had begun earlier.
    void backdate(Flow flow, long seconds) {
        rewrite(flow, flow.created() - seconds * 1_000_000_000L, flow.lastSeen());
    }

    private void rewrite(Flow flow, long created, long lastSeen) {
        tables.put(
                Tables.FLOWS,
                flow.key(),
                new Flow(
                        flow.protocol(),
                        flow.role(),
                        flow.client(),
                        flow.service(),
                        flow.backend(),
                        flow.source(),
                        flow.masquerade(),
                        flow.serviceIndex(),
                        flow.backendId(),
                        created,
                        lastSeen,
                        flow.packets(),
                        flow.bytes(),
                        flow.state(),
                        flow.begins()));
    }

    private static FlowKey key(Protocol protocol, String one, String other) {
        return FlowKey.between(protocol, ServiceTables.end(one), ServiceTables.end(other));
    }

    @Override
    public void close() {
        tables.close();
        object.close();
    }
}
