// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.FlowFlag.ANSWERED;
import static io.culvert.maps.FlowFlag.HAIRPIN;
import static io.culvert.maps.FlowFlag.HOST;
import static io.culvert.maps.FlowFlag.MASQUERADED;

import io.culvert.maps.FlowRole;
import io.culvert.maps.FragmentKey;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Later fragments, which are translated like the first of their datagram.
final class Fragments {

    private final Network network;
    private final FlowTable flows;
    private final Refuser refuser;

    /// The first fragment of each datagram, as the hook that translated it saw it.
    final Map<FragmentKey, Packet> firsts = new HashMap<>();

    Fragments(Network network, FlowTable flows, Refuser refuser) {
        this.network = network;
        this.flows = flows;
        this.refuser = refuser;
    }

    void remember(Packet packet) {
        packet.fragmentKey().ifPresent(key -> firsts.put(key, packet));
    }

    void forget(Packet packet) {
        packet.fragmentKey().ifPresent(firsts::remove);
    }

    Outcome meet(Frame frame, LaterFragment fragment) {
        Optional<Packet> first = Optional.ofNullable(firsts.get(fragment.key()));
        Optional<Entry> live = first.map(Packet::key).map(flows.entries::get).filter(entry -> !flows.isExpired(entry));
        if (first.isEmpty() || live.isEmpty()) {
            return frame.hook().isIngress() || frame.cameFrom() == 0
                    ? refuser.lost(frame, fragment)
                    : Outcome.untouched(frame, "of no datagram");
        }
        return frame.hook().isIngress()
                ? comesIn(frame, first.get(), live.get())
                : leaves(frame, first.get(), live.get());
    }

    private Outcome comesIn(Frame frame, Packet first, Entry entry) {
        if (entry.isForward(first)) {
            return forward(frame, entry);
        }
        boolean here = entry.role == FlowRole.MASQUERADE || entry.has(HAIRPIN) || entry.has(HOST);
        if (!entry.isFromBackend(first) || !here) {
            return Outcome.untouched(frame, "a fragment that is translated where it leaves");
        }
        if (entry.role != FlowRole.MASQUERADE) {
            return reply(frame, entry);
        }
        entry.count(frame);
        entry.show(ANSWERED, true);
        Connection connection = entry.connection;
        return translated(frame, first.source().address(), connection.source.address(), entry);
    }

    private Outcome leaves(Frame frame, Packet first, Entry entry) {
        Connection connection = entry.connection;
        if (entry.role == FlowRole.REPLY) {
            if (entry.isFromBackend(first)) {
                return entry.has(HAIRPIN) || entry.has(HOST)
                        ? Outcome.untouched(frame, "a fragment that was translated as it came in")
                        : reply(frame, entry);
            }
            if (!entry.has(MASQUERADED)) {
                return Outcome.untouched(frame, "a fragment that is not masqueraded");
            }
            entry.age = 0;
            return translated(frame, connection.masquerade.address(), connection.backend.address(), entry);
        }
        if (frame.cameFrom() != 0 || !entry.has(HOST) || !entry.isForward(first)) {
            return Outcome.untouched(frame, "a fragment of no connection of this node");
        }
        Outcome outcome = forward(frame, entry);
        IpAddress backend = connection.backend.address();
        boolean leads = outcome.verdict() == Outcome.PASS
                && network.device(first.source().address(), backend) > 0;
        return leads ? outcome.sentOn() : outcome;
    }

    private static Outcome forward(Frame frame, Entry entry) {
        entry.count(frame);
        Connection connection = entry.connection;
        return translated(frame, connection.source.address(), connection.backend.address(), entry);
    }

    private static Outcome reply(Frame frame, Entry entry) {
        entry.count(frame);
        entry.show(ANSWERED, true);
        IpPort service = entry.connection.service;
        return translated(frame, service.address(), entry.connection.client.address(), entry);
    }

    private static Outcome translated(Frame frame, IpAddress source, IpAddress destination, Entry entry) {
        byte[] bytes = Translation.addresses(frame.bytes(), source, destination);
        return entry.has(HAIRPIN)
                ? Outcome.turned(bytes, "a fragment of a pod to itself")
                : Outcome.translated(bytes, "a later fragment");
    }
}
