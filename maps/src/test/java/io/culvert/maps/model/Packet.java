// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.FlowKey;
import io.culvert.maps.FragmentKey;
import io.culvert.maps.IpPort;
import io.culvert.net.Protocol;
import java.util.Optional;
import java.util.OptionalInt;

/// A packet that programs may translate.
///
/// @param opens asks for a new connection: a SYN and nothing else, INIT
/// @param accepts agrees to a connection: a SYN with ACK, INIT ACK
/// @param proceeds belongs to a connection that exists: ACK; any other chunk of SCTP
/// @param closes FIN; SHUTDOWN and its answers
/// @param resets RST; ABORT
/// @param transport where the transport header begins
/// @param stated bytes from there to the end that the network header states; 0: it states none
/// @param begins of a whole TCP packet that opens or accepts: the upper half of the number that the client begins with
/// @param fragment the id of the datagram that this is the first fragment of
record Packet(
        boolean v4,
        Protocol protocol,
        IpPort source,
        IpPort destination,
        boolean opens,
        boolean accepts,
        boolean proceeds,
        boolean closes,
        boolean resets,
        int transport,
        int stated,
        int begins,
        OptionalInt fragment) {

    /// UDP tells nobody what it opens, so that each datagram is asked.
    boolean asks() {
        return opens || protocol == Protocol.UDP;
    }

    /// What later fragments of the same datagram are known by.
    Optional<FragmentKey> fragmentKey() {
        return fragment.isEmpty()
                ? Optional.empty()
                : Optional.of(LaterFragment.key(
                        v4, source.address(), destination.address(), fragment.getAsInt(), protocol.number()));
    }

    FlowKey key() {
        return FlowKey.between(protocol, source, destination);
    }
}
