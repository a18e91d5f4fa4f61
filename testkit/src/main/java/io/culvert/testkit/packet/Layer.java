// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.packet;

import io.culvert.net.IpAddress;
import org.jspecify.annotations.Nullable;

/// One header of a packet under construction. Setters return the header itself, so that calls chain.
public sealed interface Layer permits Ethernet, Vlan, Ipv4, Ipv6, Ipv6Extension, Tcp, Udp, Sctp, Icmp, Payload {

    /// How the header before this one announces it: an EtherType or an IP protocol number.
    ///
    /// @param ends the nearest IP header before this one, if there is one
    int number(@Nullable Ends ends);

    /// The bytes of this header and of everything after it.
    ///
    /// @param rest the bytes after this header
    /// @param restNumber the [#number] of the header that `rest` begins with
    byte[] encode(byte[] rest, int restNumber, @Nullable Ends ends);

    /// The addresses that the checksums of the transport protocols cover (RFC 9293 section 3.1, RFC 8200 section 8.1).
    record Ends(IpAddress source, IpAddress destination) {}
}
