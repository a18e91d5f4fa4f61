// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.BpfObject;
import io.culvert.loader.BpfProgram;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PerCpuArray;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ObjectSource;
import io.culvert.maps.event.EventControl;
import io.culvert.maps.event.EventLevel;
import io.culvert.maps.event.EventTables;
import io.culvert.maps.layout.Numbers;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.io.Closeable;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// The program that sees what pods send, which tells of packets by test runs: one event a run, of the pods of
/// [FlowCluster] in turn.
final class FlowSource implements Closeable {

    /// Between two bursts.
    private static final long PAUSE = 5_000_000L;

    private static final long SECOND = 1_000_000_000L;

    private final BpfObject pods;
    private final EventTables tables;
    private int turn;

    /// With maps of its own.
    FlowSource() {
        this(open());
    }

    private FlowSource(BpfObject pods) {
        this.pods = pods;
        pods.load();
        tables = new EventTables(
                pods.map(Tables.EVENTS.name()),
                new MappedArray<>(
                        Tables.EVENT_CONTROL.name(),
                        EventControl.CODEC,
                        pods.map(Tables.EVENT_CONTROL.name()).duplicate()),
                new PerCpuArray<>(
                        Numbers.U64, pods.map(Tables.EVENT_LOSSES.name()).duplicate()));
    }

    /// Tells whoever reads the events of these maps.
    static FlowSource into(MapCatalogue maps) {
        BpfObject pods = open();
        for (Table<?, ?> table : List.of(Tables.EVENTS, Tables.EVENT_CONTROL, Tables.EVENT_LOSSES)) {
            pods.reuse(table.name(), maps.map(table).orElseThrow());
        }
        return new FlowSource(pods);
    }

    private static BpfObject open() {
        return BpfObject.open("pod", ObjectSource.builtIn().object("pod"));
    }

    /// What is told, and of which packets.
    enum Kind {
        /// The first packets of connections: what is told of them while the rest of each is not.
        AGGREGATED(EventLevel.MEDIUM, TcpFlag.SYN),
        /// Packets in the middle of connections, each of which is told of at each program.
        EVERY_PACKET(EventLevel.NONE, TcpFlag.ACK);

        private final EventLevel level;
        private final TcpFlag flag;

        Kind(EventLevel level, TcpFlag flag) {
            this.level = level;
            this.flag = flag;
        }
    }

    EventTables tables() {
        return tables;
    }

    /// Nanoseconds of one run, the mean of `repeat`.
    double nanosPerRun(Kind kind, boolean told, int repeat) {
        tables.tell(told ? kind.level : EventLevel.OFF);
        return program().testRun(packet(kind, turn++), repeat).nanosPerRun();
    }

    /// Tells for a while, on the calling thread.
    ///
    /// @param rate events a second that are wanted; [Integer#MAX_VALUE]: as many as it can
    /// @return how many events
    long tell(Kind kind, int rate, double seconds) {
        tables.tell(kind.level);
        int burst = (int) Math.clamp(rate / (double) SECOND * PAUSE, 1, 5_000);
        long start = System.nanoTime();
        long told = 0;
        for (long end = start + (long) (seconds * SECOND); System.nanoTime() < end; told += burst) {
            LockSupport.parkNanos((long) (told * (double) SECOND / rate) - (System.nanoTime() - start));
            program().testRun(packet(kind, turn++), burst);
        }
        tables.tell(EventLevel.OFF);
        return told;
    }

    private BpfProgram program() {
        return pods.program("pod_ingress");
    }

    private static byte[] packet(Kind kind, int turn) {
        return PacketBuilder.ethernet()
                .ip(FlowCluster.pod(turn), FlowCluster.pod(turn + 1))
                .tcp(40000 + turn % 1000, FlowCluster.port(turn), kind.flag)
                .toBytes();
    }

    @Override
    public void close() {
        tables.control().close();
        tables.losses().close();
        pods.close();
    }
}
