// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.maps.DropReason;
import io.culvert.maps.PacketCount;
import io.culvert.net.IpAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/// Packets that are answered or dropped, and how many of them there were.
final class Refuser {

    private static final int BROADCAST_BIT = 1;

    private final Network network;
    final Map<DropReason, PacketCount> drops = new EnumMap<>(DropReason.class);

    Refuser(Network network) {
        this.network = network;
    }

    Outcome drop(Frame frame, DropReason reason) {
        count(frame, reason);
        return Outcome.dropped(reason.name());
    }

    private void count(Frame frame, DropReason reason) {
        drops.merge(reason, new PacketCount(1, frame.counted()), PacketCount::plus);
    }

    /// Answers as a closed port would, where an answer may be sent.
    Outcome refuse(Frame frame, Packet packet, DropReason reason) {
        if (!mayBeAnswered(frame, packet.source().address())) {
            return drop(frame, DropReason.INVALID_PACKET);
        }
        if (!network.settings.answers()) {
            return drop(frame, DropReason.REJECT_RATE_LIMITED);
        }
        count(frame, reason);
        return Refusal.of(frame.bytes(), packet)
                .map(answer -> new Outcome(Outcome.REDIRECT, answer, "refused: " + reason, false))
                .orElseGet(() -> Outcome.dropped(reason + ", headers too long for an answer"));
    }

    /// Never to loopback, multicast, broadcast or unspecified sources.
    private static boolean mayBeAnswered(Frame frame, IpAddress source) {
        if ((frame.bytes()[0] & BROADCAST_BIT) != 0) {
            return false;
        }
        if (source.isV4()) {
            int first = (int) (source.low() >>> 24) & 0xff;
            return first != 0 && first != 127 && first < 224;
        }
        boolean multicast = source.high() >>> 56 == 0xff;
        boolean unspecifiedOrLoopback = source.high() == 0 && Long.compareUnsigned(source.low(), 1) <= 0;
        return !multicast && !unspecifiedOrLoopback;
    }

    /// A packet that may open a connection, to no frontend.
    Outcome toNoFrontend(Frame frame, Packet packet) {
        return toNoFrontend(frame, packet.destination().address(), () -> refuse(frame, packet, DropReason.NO_BACKEND));
    }

    /// A fragment whose first was not seen, or not translated; never answered (RFC 1122, 3.2.2).
    Outcome lost(Frame frame, LaterFragment fragment) {
        return toNoFrontend(frame, fragment.destination(), () -> drop(frame, DropReason.FRAGMENT_NOT_FOUND));
    }

    private Outcome toNoFrontend(Frame frame, IpAddress address, Supplier<Outcome> refused) {
        if (!network.lies(address, Meaning.CLUSTER_IPS)) {
            return Outcome.untouched(frame, "no Service");
        }
        Integer known = network.clusterAddresses.get(address);
        if (known != null) {
            return known == AddressKey.REFUSE ? refused.get() : Outcome.untouched(frame, "left to the node");
        }
        return network.lies(address, Meaning.DROP_UNALLOCATED)
                ? drop(frame, DropReason.UNALLOCATED)
                : Outcome.untouched(frame, "no Service");
    }
}
