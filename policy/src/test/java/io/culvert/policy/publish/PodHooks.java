// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.ProgramRunner;
import io.culvert.maps.MappedArray;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ObjectSource;
import io.culvert.maps.layout.Numbers;
import io.culvert.net.IpAddress;
import io.culvert.policy.Traffic;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
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
    private static final int FIRST_SOURCE_PORT = 1024;
    private static final int PORTS = 65536;

    private final BpfObject pod = BpfObject.open("pod", ObjectSource.builtIn().object("pod"));
    private final List<BpfMap> maps = new ArrayList<>();
    private final ProgramRunner runner = new ProgramRunner();
    private int sourcePort = FIRST_SOURCE_PORT;

    PodHooks(Path bpffs) {
        try {
            for (String name : pod.mapNames()) {
                BpfMap.openPinned(bpffs.resolve("maps").resolve(name)).ifPresent(map -> {
                    maps.add(map);
                    pod.reuse(name, map);
                });
            }
            pod.load();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// The first packet of a new connection, with a source port that the one before had not.
    byte[] open(IpAddress source, IpAddress destination, Traffic traffic) {
        sourcePort = sourcePort + 1 == PORTS ? FIRST_SOURCE_PORT : sourcePort + 1;
        PacketBuilder ip = PacketBuilder.ethernet().ip(source.toString(), destination.toString());
        PacketBuilder packet = switch (traffic.protocol()) {
            case 6 -> ip.tcp(sourcePort, traffic.port(), TcpFlag.SYN);
            case 17 -> ip.udp(sourcePort, traffic.port());
            case 132 -> ip.sctp(sourcePort, traffic.port(), sctp -> sctp.chunkType(SCTP_INIT));
            default -> throw new IllegalArgumentException(traffic.toString());
        };
        return packet.payload("data").toBytes();
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
