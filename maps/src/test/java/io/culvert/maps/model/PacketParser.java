// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.model.Bytes.ETHERNET;
import static io.culvert.maps.model.Bytes.IPV4_HEADER;
import static io.culvert.maps.model.Bytes.IPV6_HEADER;
import static io.culvert.maps.model.Bytes.u16;
import static io.culvert.maps.model.Bytes.u8;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/// What programs make of the bytes of a packet: "What is left alone" of `docs/datapath.md` is empty.
final class PacketParser {

    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;

    private static final int TCP_HEADER = 20;

    /// Where the transport header is.
    ///
    /// @param offset of a fragment, in bytes; -1: the packet is whole
    /// @param id of a fragment
    private record Place(
            boolean v4,
            IpAddress source,
            IpAddress destination,
            int protocol,
            int at,
            int stated,
            int offset,
            int id) {}

    private PacketParser() {}

    /// A whole packet, or the first fragment of one.
    static Optional<Packet> parse(byte[] frame) {
        return place(frame).filter(place -> place.offset() <= 0).flatMap(found -> transport(frame, found));
    }

    /// A whole packet that may be an ICMP message.
    static Optional<IcmpError> icmp(byte[] frame) {
        return place(frame)
                .filter(place -> place.offset() < 0 && place.protocol() == (place.v4() ? 1 : 58))
                .filter(place -> place.at() < frame.length)
                .flatMap(place -> IcmpError.of(
                        frame, place.v4(), place.source(), place.destination(), place.at(), place.stated()));
    }

    /// An ICMP error about what this node put before a packet.
    static Optional<OuterError> outer(byte[] frame) {
        return place(frame)
                .filter(place -> place.offset() < 0 && place.protocol() == (place.v4() ? 1 : 58))
                .flatMap(place -> OuterError.of(frame, place.v4(), place.destination(), place.at(), place.stated()));
    }

    /// A fragment that has no transport header; not one of TCP that would lie over that of the first (RFC 3128).
    static Optional<LaterFragment> later(byte[] frame) {
        int tcp = Protocol.TCP.number();
        return place(frame)
                .filter(place -> place.offset() > 0 && (place.protocol() != tcp || place.offset() >= TCP_HEADER))
                .map(place -> new LaterFragment(
                        place.v4(), place.source(), place.destination(), place.protocol(), place.id(), place.at()));
    }

    /// A packet without ports that may be answered: an echo, or another protocol; no ICMP error, no redirect and
    /// nothing of neighbour discovery (RFC 1122, 3.2.2; RFC 4443, 2.4). The answer is that to a fragment of TCP,
    /// which has no RST.
    static Optional<Packet> withoutPorts(byte[] frame) {
        return place(frame)
                .filter(place -> place.offset() <= 0 && place.stated() >= 8 && place.at() + 8 <= frame.length)
                .filter(place -> place.v4() || place.protocol() != Ipv6Walk.ROUTING)
                .filter(place -> Arrays.stream(Protocol.values()).noneMatch(it -> it.number() == place.protocol()))
                .filter(place ->
                        place.protocol() != (place.v4() ? 1 : 58) || isAnswered(place.v4(), u8(frame, place.at())))
                .map(place -> new Packet(
                        place.v4(),
                        Protocol.TCP,
                        new IpPort(place.source(), 0),
                        new IpPort(place.destination(), 0),
                        false,
                        false,
                        false,
                        false,
                        false,
                        place.at(),
                        place.stated(),
                        0,
                        OptionalInt.of(place.id())));
    }

    private static boolean isAnswered(boolean v4, int type) {
        return v4
                ? type != 3 && type != 4 && type != 5 && type != 11 && type != 12
                : type >= 128 && (type < 133 || type > 137);
    }

    private static Optional<Place> place(byte[] frame) {
        return switch (u16(frame, 12)) {
            case IPV4 -> ipv4(frame);
            case IPV6 -> ipv6(frame);
            default -> Optional.empty();
        };
    }

    private static Optional<Place> ipv4(byte[] frame) {
        int header = 4 * (u8(frame, ETHERNET) & 0xf);
        int total = u16(frame, ETHERNET + 2);
        int fragment = u16(frame, ETHERNET + 6) & 0x3fff;
        if (u8(frame, ETHERNET) >>> 4 != 4 || header < IPV4_HEADER || (total != 0 && total <= header)) {
            return Optional.empty();
        }
        return Optional.of(new Place(
                true,
                Bytes.ipv4(frame, ETHERNET + 12),
                Bytes.ipv4(frame, ETHERNET + 16),
                u8(frame, ETHERNET + 9),
                ETHERNET + header,
                total == 0 ? 0 : total - header,
                fragment == 0 ? -1 : 8 * (fragment & 0x1fff),
                u16(frame, ETHERNET + 4)));
    }

    private static Optional<Place> ipv6(byte[] frame) {
        IpAddress source = Bytes.ipv6(frame, ETHERNET + 8);
        IpAddress destination = Bytes.ipv6(frame, ETHERNET + 24);
        if (u8(frame, ETHERNET) >>> 4 != 6 || source.isV4() || destination.isV4()) {
            return Optional.empty();
        }
        Optional<Ipv6Walk> walk = Ipv6Walk.of(frame, u8(frame, ETHERNET + 6), ETHERNET + IPV6_HEADER);
        if (walk.isEmpty()) {
            return Optional.empty();
        }
        int at = walk.get().at();
        int payload = u16(frame, ETHERNET + 4);
        int extensions = at - ETHERNET - IPV6_HEADER;
        boolean lies = payload != 0 && payload <= extensions;
        if (lies && walk.get().offset() <= 0) {
            return Optional.empty();
        }
        int stated = payload == 0 ? 0 : payload - extensions;
        int protocol = walk.get().protocol();
        return Optional.of(new Place(
                false,
                source,
                destination,
                protocol,
                at,
                stated,
                walk.get().offset(),
                walk.get().id()));
    }

    private static Optional<Packet> transport(byte[] frame, Place place) {
        Optional<Protocol> protocol = Protocol.ofNumber(place.protocol());
        if (protocol.isEmpty()) {
            return Optional.empty();
        }
        boolean fragment = place.offset() == 0;
        int needed = switch (protocol.get()) {
            case TCP -> TCP_HEADER;
            case UDP -> 8;
            case SCTP -> 16; // with the first chunk's header
        };
        // How a fragment's CRC changes cannot be known.
        if (fragment && protocol.get() == Protocol.SCTP) {
            return Optional.empty();
        }
        if (place.at() + needed > frame.length || (place.stated() != 0 && place.stated() < needed)) {
            return Optional.empty();
        }
        return Optional.of(packet(frame, place, protocol.get()));
    }

    private static Packet packet(byte[] frame, Place place, Protocol protocol) {
        boolean fragment = place.offset() == 0;
        int flags = protocol == Protocol.TCP ? u8(frame, place.at() + 13) : 0;
        int chunk = protocol == Protocol.SCTP ? u8(frame, place.at() + 12) : -1;
        boolean fin = (flags & 1) != 0;
        boolean syn = (flags & 2) != 0;
        boolean rst = (flags & 4) != 0;
        boolean ack = (flags & 16) != 0;
        boolean shakes = syn && !fin && !rst;
        boolean opens = chunk == 1 || (shakes && !ack);
        boolean accepts = chunk == 2 || (shakes && ack);
        return new Packet(
                place.v4(),
                protocol,
                new IpPort(place.source(), u16(frame, place.at())),
                new IpPort(place.destination(), u16(frame, place.at() + 2)),
                opens,
                accepts,
                !accepts && (ack || (chunk >= 0 && chunk != 1)),
                fin || chunk == 7 || chunk == 8 || chunk == 14,
                rst || chunk == 6,
                place.at(),
                place.stated(),
                shakes && !fragment ? u16(frame, place.at() + (ack ? 8 : 4)) : 0,
                fragment ? OptionalInt.of(place.id()) : OptionalInt.empty());
    }
}
