// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.ProgramRunner;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PolicyConnection;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ObjectSource;
import io.culvert.maps.layout.Numbers;
import io.culvert.net.IpAddress;
import io.culvert.policy.Traffic;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The programs at the two ends of a pod's interface, over the maps that a datapath has pinned. What they lead to by
/// tail calls is what that datapath put there.
final class PodHooks implements AutoCloseable {

    /// Passes on to the stack.
    private static final int PASS = -1;

    private static final int SCTP_INIT = 1;
    private static final int LOOPBACK = 1;
    private static final int OTHER_INTERFACE = 2;
    private static final int FIRST_NUMBER = 1024;
    private static final int NUMBERS = 65536;
    private static final int ECHO = 8;
    private static final int ECHO_REPLY = 0;
    private static final int UNREACHABLE = 3;
    private static final int ECHO_V6 = 128;
    private static final int ECHO_REPLY_V6 = 129;
    private static final int UNREACHABLE_V6 = 1;

    private final BpfObject pod = BpfObject.open("pod", ObjectSource.builtIn().object("pod"));
    private final List<BpfMap> maps = new ArrayList<>();
    private final ProgramRunner runner = new ProgramRunner();
    private int number = FIRST_NUMBER;

    PodHooks(Path bpffs) {
        try {
            for (String name : pod.mapNames()) {
                BpfMap.openPinned(bpffs.resolve("maps").resolve(name)).ifPresent(map -> {
                    maps.add(map);
                    pod.reuse(name, map);
                });
            }
            pod.load();
            forgetConnections();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// The first packet of a new connection, with a source port (of an echo: an id) that no other one has had.
    PacketBuilder open(IpAddress source, IpAddress destination, Traffic traffic) {
        number++;
        if (number == NUMBERS) {
            forgetConnections();
            number = FIRST_NUMBER;
        }
        PacketBuilder ip = PacketBuilder.ethernet().ip(source, destination);
        PacketBuilder packet = switch (traffic.protocol()) {
            case 1 -> echo(ip, source.isV4() ? ECHO : ECHO_V6);
            case 6 -> ip.tcp(number, traffic.port(), TcpFlag.SYN);
            case 17 -> ip.udp(number, traffic.port());
            case 132 -> ip.sctp(number, traffic.port(), sctp -> sctp.chunkType(SCTP_INIT));
            default -> throw new IllegalArgumentException(traffic.toString());
        };
        return packet.payload("data");
    }

    /// What answers the echo request that was opened last.
    byte[] echoReply(IpAddress from, IpAddress to) {
        PacketBuilder ip = PacketBuilder.ethernet().ip(from, to);
        return echo(ip, from.isV4() ? ECHO_REPLY : ECHO_REPLY_V6)
                .payload("data")
                .toBytes();
    }

    int last() {
        return number;
    }

    private PacketBuilder echo(PacketBuilder ip, int type) {
        int id = number;
        return ip.icmp(type, 0, icmp -> icmp.word(id << 16));
    }

    /// "Unreachable", about a packet of whom it is for.
    static byte[] error(IpAddress from, IpAddress to, PacketBuilder about) {
        return PacketBuilder.ethernet()
                .ip(from, to)
                .icmp(from.isV4() ? UNREACHABLE : UNREACHABLE_V6, 0)
                .embedding(about)
                .toBytes();
    }

    /// Numbers are used again from here on, and nothing may be known of whoever had them.
    private void forgetConnections() {
        try (Arena arena = Arena.ofConfined();
                var tcp = new MappedArray<>(
                        Tables.POLICY_TCP.name(),
                        PolicyConnection.CODEC,
                        pod.map(Tables.POLICY_TCP.name()).duplicate())) {
            tcp.memory().view().memory().fill((byte) 0);
            BpfMap others = pod.map(Tables.POLICY_FLOWS.name());
            MemorySegment key = arena.allocate(Tables.POLICY_FLOWS.key().size(), Long.BYTES);
            while (others.nextKey(MemorySegment.NULL, key)) {
                others.delete(key);
            }
        }
    }

    /// Whether connections were translated packet by packet before, of every number that a connection may have.
    void translatedSome(boolean some) {
        BpfMap marks = pod.map(Tables.FLOW_MARKS.name()).duplicate();
        try (var counts = new MappedArray<>(Tables.FLOW_MARKS.name(), Numbers.U32, marks)) {
            for (int index = 0; index < counts.maxEntries(); index++) {
                counts.set(index, some ? 1 : 0);
            }
        }
    }

    /// Whether what the pod of the packet's source sends goes on.
    boolean sends(byte[] packet) {
        return runner.run(pod.program("pod_ingress"), packet, LOOPBACK, LOOPBACK) == PASS;
    }

    /// Whether the pod of the packet's destination gets what comes from elsewhere.
    boolean receives(byte[] packet) {
        return runner.run(pod.program("pod_egress"), packet, LOOPBACK, OTHER_INTERFACE) == PASS;
    }

    @Override
    public void close() {
        runner.close();
        pod.close();
        maps.forEach(BpfMap::close);
    }
}
