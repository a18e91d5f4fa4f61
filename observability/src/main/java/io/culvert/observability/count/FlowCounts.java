// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How many flows of each sort there were. One thread adds, any other may read; numbers of one moment may be a flow
/// apart.
///
/// Memory is bounded: arrays by number, ports up to [PortCounts#PORTS], Services by index.
public final class FlowCounts {

    private static final int NUMBERS = 8;
    private static final int PROTOCOLS = FlowProtocol.COUNT;
    private static final int REASONS = 256;
    private static final int TYPES = 256;
    private static final int FAMILIES = 2;
    private static final long V4_MAPPED = 0xffff;
    private static final int SERVICE = EventFlag.SERVICE.bit();
    private static final int DROPPED = EventVerdict.DROPPED.number();
    private static final int FORWARDED = EventVerdict.FORWARDED.number();
    private static final int LOST = EventKind.LOST.number();
    private static final int DIRECTED = EventFlag.DIRECTED.bit();
    private static final int DIRECTION = EventFlag.DIRECTED.bit() | EventFlag.IS_REPLY.bit();

    private final Counters flows = new Counters(NUMBERS * NUMBERS * NUMBERS * PROTOCOLS);
    private final Counters drops = new Counters(REASONS * NUMBERS * PROTOCOLS);
    private final Counters dropBytes = new Counters(REASONS * NUMBERS * PROTOCOLS);
    /// By flags of TCP, as they come; which signs those are is found out when somebody asks.
    private final Counters tcp = new Counters(TcpSign.FLAGS * FAMILIES);
    private final Counters icmp = new Counters(TYPES * FAMILIES);
    private final PortCounts ports = new PortCounts();
    private final ServiceCounts services = new ServiceCounts();

    /// Flows of one sort.
    public record Sort(EventKind kind, EventVerdict verdict, EventHook hook, FlowProtocol protocol, long count) {}

    /// Drops of one sort.
    ///
    /// @param reason number of a [io.culvert.maps.DropReason]
    /// @param bytes from the network header on
    public record Drop(int reason, EventHook hook, FlowProtocol protocol, long count, long bytes) {}

    /// Segments with a sign, where they went on.
    public record Tcp(TcpSign sign, IpFamily family, long count) {}

    /// Messages of a type.
    public record Icmp(IpFamily family, int type, long count) {}

    /// Flows to a port that went on, without replies.
    ///
    /// @param port [#OTHER]: all that are not counted by themselves
    public record Port(FlowProtocol protocol, int port, long count) {

        /// No port.
        public static final int OTHER = -1;
    }

    /// What went through a Service.
    ///
    /// @param index into `services`
    /// @param connections that began; of what has no handshake, how often it was told of
    /// @param sent bytes of clients, of connections that ended and were translated packet by packet
    /// @param received bytes of backends, the same
    public record Service(int index, long connections, long sent, long received, long drops) {

        boolean isEmpty() {
            return connections == 0 && sent == 0 && received == 0 && drops == 0;
        }
    }

    private static int family(RawEvent flow) {
        boolean v4 = flow.destinationHigh() == 0 && flow.destinationLow() >>> Integer.SIZE == V4_MAPPED;
        return place(v4 ? IpFamily.IPV4 : IpFamily.IPV6);
    }

    private static int place(IpFamily family) {
        return family == IpFamily.IPV4 ? 0 : 1;
    }

    /// Counts a flow.
    public void add(RawEvent flow) {
        // Each number is read once: that is what this costs.
        int kind = flow.kind();
        int verdict = flow.verdict();
        int hook = flow.hook();
        int flags = flow.flags();
        FlowProtocol protocol = FlowProtocol.of(flow.protocol());
        if (kind >= NUMBERS || verdict >= NUMBERS || hook >= NUMBERS) {
            return;
        }
        boolean dropped = verdict == DROPPED && kind != LOST;
        int tcpFlags = protocol == FlowProtocol.TCP ? flow.tcpFlags() : 0;
        flows.add(index(kind, verdict, hook, protocol), 1);
        if ((flags & SERVICE) != 0) {
            boolean opens = protocol != FlowProtocol.TCP || TcpSign.opens(tcpFlags);
            services.add(flow, kind, dropped, opens && ServiceCounts.isFirst(kind, hook, flags));
        }
        if (protocol == FlowProtocol.ICMPV4 || protocol == FlowProtocol.ICMPV6) {
            icmp.add(family(flow) * TYPES + flow.icmpType(), 1);
        }
        if (dropped) {
            int place = index(0, flow.reason(), hook, protocol);
            drops.add(place, 1);
            dropBytes.add(place, Integer.toUnsignedLong(flow.length()));
        } else if (verdict == FORWARDED) {
            forwarded(flow, protocol, tcpFlags, flags);
        }
    }

    private void forwarded(RawEvent flow, FlowProtocol protocol, int tcpFlags, int flags) {
        if (TcpSign.any(tcpFlags)) {
            tcp.add((tcpFlags & (TcpSign.FLAGS - 1)) * FAMILIES + family(flow), 1);
        }
        boolean dials = (flags & DIRECTION) == DIRECTED;
        if (dials && (protocol == FlowProtocol.TCP || protocol == FlowProtocol.UDP || protocol == FlowProtocol.SCTP)) {
            ports.add(protocol, flow.destinationPort());
        }
    }

    private static int index(int kind, int number, int hook, FlowProtocol protocol) {
        return ((kind * NUMBERS + number) * NUMBERS + hook) * PROTOCOLS + protocol.place();
    }

    /// All flows, by sort.
    public List<Sort> sorts() {
        List<Sort> rows = new ArrayList<>();
        for (int index = 0; index < flows.size(); index++) {
            long count = flows.get(index);
            int numbers = index / PROTOCOLS;
            Optional<EventKind> kind = EventKind.ofNumber(numbers / (NUMBERS * NUMBERS));
            Optional<EventVerdict> verdict = EventVerdict.ofNumber(numbers / NUMBERS % NUMBERS);
            Optional<EventHook> hook = EventHook.ofNumber(numbers % NUMBERS);
            if (count > 0 && kind.isPresent() && verdict.isPresent() && hook.isPresent()) {
                FlowProtocol protocol = FlowProtocol.at(index % PROTOCOLS);
                rows.add(new Sort(kind.get(), verdict.get(), hook.get(), protocol, count));
            }
        }
        return rows;
    }

    /// All drops, by sort.
    public List<Drop> drops() {
        List<Drop> rows = new ArrayList<>();
        for (int index = 0; index < drops.size(); index++) {
            long count = drops.get(index);
            int numbers = index / PROTOCOLS;
            Optional<EventHook> hook = EventHook.ofNumber(numbers % NUMBERS);
            if (count > 0 && hook.isPresent()) {
                FlowProtocol protocol = FlowProtocol.at(index % PROTOCOLS);
                rows.add(new Drop(numbers / NUMBERS, hook.get(), protocol, count, dropBytes.get(index)));
            }
        }
        return rows;
    }

    /// Signs of TCP, all of them for both families.
    public List<Tcp> tcp() {
        List<Tcp> rows = new ArrayList<>();
        for (TcpSign sign : TcpSign.values()) {
            for (IpFamily family : IpFamily.values()) {
                rows.add(new Tcp(sign, family, tcp(sign, place(family))));
            }
        }
        return rows;
    }

    private long tcp(TcpSign sign, int family) {
        long count = 0;
        for (int flags = 0; flags < TcpSign.FLAGS; flags++) {
            count += sign.in(flags) ? tcp.get(flags * FAMILIES + family) : 0;
        }
        return count;
    }

    /// ICMP messages, by type.
    public List<Icmp> icmp() {
        List<Icmp> rows = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            for (int type = 0; type < TYPES; type++) {
                long count = icmp.get(place(family) * TYPES + type);
                if (count > 0) {
                    rows.add(new Icmp(family, type, count));
                }
            }
        }
        return rows;
    }

    /// Ports that were dialled.
    public List<Port> ports() {
        return ports.rows();
    }

    /// Services that something went through.
    public List<Service> services() {
        return services.rows();
    }
}
