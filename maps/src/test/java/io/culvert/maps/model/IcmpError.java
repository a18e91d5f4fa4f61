// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.model.Bytes.ETHERNET;
import static io.culvert.maps.model.Bytes.IPV4_HEADER;
import static io.culvert.maps.model.Bytes.IPV6_HEADER;
import static io.culvert.maps.model.Bytes.u16;
import static io.culvert.maps.model.Bytes.u8;

import io.culvert.maps.FlowKey;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.Optional;

/// An ICMP error about a packet that may be of a translated connection. It is for the sender of that packet.
///
/// @param icmp where the ICMP header begins
/// @param stated bytes from there to the end
/// @param transport where the quoted transport header begins
/// @param from source of the quoted packet
/// @param to its destination
record IcmpError(
        boolean v4, IpAddress source, int icmp, int stated, Protocol protocol, int transport, IpPort from, IpPort to) {

    private static final int HEADER = 8;

    static Optional<IcmpError> of(
            byte[] frame, boolean v4, IpAddress source, IpAddress destination, int icmp, int stated) {
        int type = u8(frame, icmp);
        boolean error = v4 ? type == 3 || type == 11 || type == 12 : type >= 1 && type <= 4;
        int ip = icmp + HEADER;
        if (!error || ip + (v4 ? IPV4_HEADER : IPV6_HEADER) > frame.length || u8(frame, ip) >>> 4 != (v4 ? 4 : 6)) {
            return Optional.empty();
        }
        Optional<Ipv6Walk> walk = v4 ? quoted4(frame, ip) : Ipv6Walk.of(frame, u8(frame, ip + 6), ip + IPV6_HEADER);
        Optional<Protocol> protocol = walk.flatMap(found -> Protocol.ofNumber(found.protocol()));
        if (walk.isEmpty() || protocol.isEmpty() || walk.get().offset() > 0) {
            return Optional.empty();
        }
        int transport = walk.get().at();
        boolean cut = icmp + stated > frame.length || transport + 8 > icmp + stated;
        IpAddress from = v4 ? Bytes.ipv4(frame, ip + 12) : Bytes.ipv6(frame, ip + 8);
        if (cut || !from.equals(destination)) {
            return Optional.empty();
        }
        IpAddress to = v4 ? Bytes.ipv4(frame, ip + 16) : Bytes.ipv6(frame, ip + 24);
        return Optional.of(new IcmpError(
                v4,
                source,
                icmp,
                stated,
                protocol.get(),
                transport,
                new IpPort(from, u16(frame, transport)),
                new IpPort(to, u16(frame, transport + 2))));
    }

    private static Optional<Ipv6Walk> quoted4(byte[] frame, int ip) {
        int header = 4 * (u8(frame, ip) & 0xf);
        int offset = 8 * (u16(frame, ip + 6) & 0x1fff);
        return header < IPV4_HEADER
                ? Optional.empty()
                : Optional.of(new Ipv6Walk(u8(frame, ip + 9), ip + header, offset == 0 ? -1 : offset, 0));
    }

    FlowKey key() {
        return FlowKey.between(protocol, from, to);
    }

    /// The error with other ends in the packet that it quotes, which it is about, and for.
    byte[] about(byte[] frame, IpPort newFrom, IpPort newTo) {
        IpAddress outer = source.equals(to.address()) ? newTo.address() : source;
        byte[] result = Translation.addresses(frame, outer, newFrom.address());
        int ip = icmp + HEADER;
        Bytes.put(result, ip + (v4 ? 12 : 8), newFrom.address());
        Bytes.put(result, ip + (v4 ? 16 : 24), newTo.address());
        Bytes.put16(result, transport, newFrom.port());
        Bytes.put16(result, transport + 2, newTo.port());
        if (v4) {
            int header = 4 * (u8(frame, ip) & 0xf);
            Translation.repair(frame, result, ip + 10, ip, ip + header, false, 0);
        }
        int checksum = transport + (protocol == Protocol.TCP ? 16 : 6);
        boolean present = checksum + 2 <= icmp + stated && protocol != Protocol.SCTP;
        if (present && (protocol == Protocol.TCP || u16(frame, checksum) != 0)) {
            int addresses = ip + (v4 ? 12 : 8);
            Translation.repair(frame, result, checksum, transport, icmp + stated, v4, addresses);
            if (protocol == Protocol.UDP && u16(result, checksum) == 0) {
                Bytes.put16(result, checksum, 0xffff);
            }
        }
        Translation.repair(frame, result, icmp + 2, icmp, icmp + stated, false, v4 ? 0 : ETHERNET + 8);
        return result;
    }
}
