// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.model.Bytes.ETHERNET;
import static io.culvert.maps.model.Bytes.IPV4_HEADER;
import static io.culvert.maps.model.Bytes.IPV6_HEADER;
import static io.culvert.maps.model.Bytes.put16;
import static io.culvert.maps.model.Bytes.u16;
import static io.culvert.maps.model.Bytes.u8;

import io.culvert.net.IpAddress;
import java.util.Optional;

/// A router's word that an outer header of this node is too large for the way to a backend. It is made to quote an echo
/// reply, of which the stack takes it: `docs/dsr.md`.
///
/// @param icmp where the ICMP header begins
/// @param stated bytes from there to the end
/// @param sender of what it quotes, which it is for
record OuterError(boolean v4, int icmp, int stated, IpAddress sender) {

    private static final int HEADER = 8;
    private static final int UDP = 17;
    private static final int GENEVE = 6081;

    static Optional<OuterError> of(byte[] frame, boolean v4, IpAddress destination, int icmp, int stated) {
        OuterError error = new OuterError(v4, icmp, stated, destination);
        boolean whole = icmp + stated <= frame.length && error.transport() + 8 <= icmp + stated;
        return whole && error.isTooBig(frame) && error.quotesOuter(frame) ? Optional.of(error) : Optional.empty();
    }

    private int ip() {
        return icmp + HEADER;
    }

    /// None of the headers has options.
    private int transport() {
        return ip() + (v4 ? IPV4_HEADER : IPV6_HEADER);
    }

    private boolean isTooBig(byte[] frame) {
        return v4 ? u16(frame, icmp) == 0x0304 : u8(frame, icmp) == 2;
    }

    private boolean quotesOuter(byte[] frame) {
        boolean plain =
                v4 ? u8(frame, ip()) == 0x45 && (u16(frame, ip() + 6) & 0x1fff) == 0 : u8(frame, ip()) >>> 4 == 6;
        IpAddress from = v4 ? Bytes.ipv4(frame, ip() + 12) : Bytes.ipv6(frame, ip() + 8);
        int protocol = u8(frame, ip() + (v4 ? 9 : 6));
        boolean outer = protocol == (v4 ? 4 : 41) || (protocol == UDP && u16(frame, transport() + 2) == GENEVE);
        return plain && from.equals(sender) && outer;
    }

    /// The error about an echo reply instead.
    byte[] aboutEcho(byte[] frame) {
        byte[] result = frame.clone();
        result[ip() + (v4 ? 9 : 6)] = (byte) (v4 ? 1 : 58);
        put16(result, transport(), v4 ? 0 : 129 << 8);
        if (v4) {
            Translation.repair(frame, result, ip() + 10, ip(), transport(), false, 0);
        }
        Translation.repair(frame, result, icmp + 2, icmp, icmp + stated, false, v4 ? 0 : ETHERNET + 8);
        return result;
    }
}
