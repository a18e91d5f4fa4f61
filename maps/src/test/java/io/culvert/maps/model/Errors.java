// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.FlowFlag.HAIRPIN;
import static io.culvert.maps.FlowFlag.HOST;
import static io.culvert.maps.FlowFlag.MASQUERADED;

import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import java.util.Optional;

/// ICMP errors, which go the way of an answer to the packet that they quote. They refresh nothing.
final class Errors {

    private final Network network;
    private final FlowTable flows;

    Errors(Network network, FlowTable flows) {
        this.network = network;
        this.flows = flows;
    }

    /// The entry that an answer to the quoted packet would meet.
    Optional<Entry> live(IcmpError error) {
        return Optional.ofNullable(flows.entries.get(error.key())).filter(entry -> !flows.isExpired(entry));
    }

    /// @param entry the live one
    Outcome meet(Frame frame, IcmpError error, Entry entry) {
        return frame.hook().isIngress() ? comesIn(frame, error, entry) : leaves(frame, error, entry);
    }

    /// Errors that are about no connection: of what this node puts before packets, as they come in, and others.
    Outcome aboutNone(Frame frame) {
        return PacketParser.outer(frame.bytes())
                .filter(outer ->
                        frame.hook() == Hook.NET_INGRESS && outer.sender().equals(network.settings.node(outer.v4())))
                .map(outer -> new Outcome(
                        Outcome.PASS, outer.aboutEcho(frame.bytes()), "an error about an outer header", false))
                .orElseGet(() -> Outcome.untouched(frame, "an error about no connection"));
    }

    /// The quoted packet went to the client, so that its answer is one to the Service.
    private static boolean isForward(IcmpError error, Entry entry) {
        return entry.role == FlowRole.FORWARD && error.to().equals(entry.connection.client);
    }

    private static boolean isFromBackend(IcmpError error, Entry entry) {
        return entry.role != FlowRole.FORWARD && error.to().equals(entry.connection.backend);
    }

    private Outcome comesIn(Frame frame, IcmpError error, Entry entry) {
        Connection connection = entry.connection;
        if (isForward(error, entry)) {
            return about(frame, error, entry, connection.backend, connection.source);
        }
        if (!isFromBackend(error, entry)) {
            return Outcome.untouched(frame, "an error of no direction");
        }
        if (entry.role == FlowRole.MASQUERADE) {
            return about(frame, error, entry, connection.source, error.to());
        }
        return entry.has(HAIRPIN) || entry.has(HOST)
                ? about(frame, error, entry, connection.client, connection.service)
                : Outcome.untouched(frame, "an error that is translated where it leaves");
    }

    private Outcome leaves(Frame frame, IcmpError error, Entry entry) {
        Connection connection = entry.connection;
        if (entry.role == FlowRole.REPLY && isFromBackend(error, entry)) {
            return entry.has(HAIRPIN) || entry.has(HOST)
                    ? Outcome.untouched(frame, "an error that was translated as it came in")
                    : about(frame, error, entry, connection.client, connection.service);
        }
        if (entry.role == FlowRole.REPLY) {
            return entry.has(MASQUERADED)
                    ? about(frame, error, entry, error.from(), connection.masquerade)
                    : Outcome.untouched(frame, "an error that is not masqueraded");
        }
        if (frame.cameFrom() != 0 || !entry.has(HOST) || !isForward(error, entry)) {
            return Outcome.untouched(frame, "an error of no connection of this node");
        }
        Outcome outcome = about(frame, error, entry, connection.backend, connection.source);
        boolean leads =
                outcome.verdict() == Outcome.PASS && network.device(error.source(), connection.backend.address()) > 0;
        return leads ? outcome.sentOn() : outcome;
    }

    private static Outcome about(Frame frame, IcmpError error, Entry entry, IpPort from, IpPort to) {
        byte[] bytes = error.about(frame.bytes(), from, to);
        return entry.has(HAIRPIN)
                ? Outcome.turned(bytes, "an error of a pod to itself")
                : Outcome.translated(bytes, "an error");
    }
}
