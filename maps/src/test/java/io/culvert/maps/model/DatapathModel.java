// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.FlowFlag.ANSWERED;
import static io.culvert.maps.FlowFlag.CLIENT_CLOSED;
import static io.culvert.maps.FlowFlag.HAIRPIN;
import static io.culvert.maps.FlowFlag.HOST;
import static io.culvert.maps.FlowFlag.MASQUERADED;
import static io.culvert.maps.FlowFlag.RESET;
import static io.culvert.maps.FlowFlag.RESET_REMOVED;
import static io.culvert.maps.FlowFlag.SERVER_CLOSED;
import static io.culvert.maps.FlowFlag.SYN;

import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.DropReason;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import io.culvert.maps.Frontend;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.maps.model.Network.Client;
import io.culvert.net.Protocol;
import java.util.Map;
import java.util.Optional;

/// What `docs/datapath.md` says becomes of a packet. Destinations are translated where a packet comes in, sources where
/// it leaves.
final class DatapathModel {

    final Network network;
    final FlowTable flows;
    final Refuser refuser;
    final Fragments fragments;
    private final Errors errors;
    private final Opener opener;

    DatapathModel(Network network, Choices choices) {
        this.network = network;
        this.flows = new FlowTable(network.settings);
        this.refuser = new Refuser(network);
        this.errors = new Errors(network, flows);
        this.fragments = new Fragments(network, flows, refuser);
        this.opener = new Opener(network, flows, refuser, choices);
    }

    /// @param verdict of the program: where it may choose at random, it tells what it chose
    Outcome meet(Frame frame, int verdict) {
        if (frame.hook() == Hook.NET_INGRESS && isForOthers(frame)) {
            return Outcome.untouched(frame, "for another machine");
        }
        Optional<LaterFragment> fragment = PacketParser.later(frame.bytes());
        if (fragment.isPresent()) {
            return fragments.meet(frame, fragment.get());
        }
        Optional<IcmpError> error = PacketParser.icmp(frame.bytes());
        Optional<Entry> about = error.flatMap(errors::live);
        if (about.isPresent()) {
            return errors.meet(frame, error.get(), about.get());
        }
        if (error.isPresent() || PacketParser.outer(frame.bytes()).isPresent()) {
            return errors.aboutNone(frame);
        }
        Optional<Packet> packet = PacketParser.parse(frame.bytes());
        if (packet.isEmpty()) {
            return withoutPorts(frame);
        }
        fragments.forget(packet.get());
        Outcome outcome =
                frame.hook().isIngress() ? comesIn(frame, packet.get(), verdict) : leaves(frame, packet.get(), verdict);
        if (outcome.isTranslated()) {
            fragments.remember(packet.get());
        }
        return outcome;
    }

    /// Refused at a ClusterIP, as it comes in or as this node sends it.
    private Outcome withoutPorts(Frame frame) {
        boolean begins = frame.hook().isIngress() || frame.cameFrom() == 0;
        return PacketParser.withoutPorts(frame.bytes())
                .filter(_ -> begins)
                .map(other -> refuser.toNoFrontend(frame, other))
                .orElseGet(() -> Outcome.untouched(frame, "left alone"));
    }

    private static boolean isForOthers(Frame frame) {
        boolean group = (frame.bytes()[0] & 1) != 0;
        return !group && !Site.isOurMac(frame.bytes());
    }

    private Optional<Entry> live(Packet packet) {
        return flows.met(packet).filter(entry -> !flows.isExpired(entry));
    }

    private Outcome comesIn(Frame frame, Packet packet, int verdict) {
        Optional<Frontend> frontend = frontend(packet);
        if (packet.asks() && frontend.isEmpty() && !mayBeReply(packet)) {
            return refuser.toNoFrontend(frame, packet);
        }
        Optional<Entry> live = live(packet);
        if (live.isPresent() && live.get().isForward(packet)) {
            if (!packet.asks() || (frontend.isPresent() && continues(live.get(), packet))) {
                return forward(frame, packet, live.get());
            }
        }
        if (live.isPresent() && frontend.isEmpty() && live.get().isFromBackend(packet) && !packet.opens()) {
            return replyComesIn(frame, packet, live.get());
        }
        if (frontend.isEmpty()) {
            return packet.asks() ? refuser.toNoFrontend(frame, packet) : Outcome.untouched(frame, "of no connection");
        }
        flows.met(packet).ifPresent(entry -> flows.remove(entry.connection));
        Client client = network.client(frame, packet.source().address());
        return opener.open(frame, packet, frontend.get(), client, verdict);
    }

    private Optional<Frontend> frontend(Packet packet) {
        return packet.asks() ? network.frontend(packet.destination(), packet.protocol()) : Optional.empty();
    }

    /// Datagrams do not say whether they answer one: those to ports that translation uses may.
    private boolean mayBeReply(Packet packet) {
        return network.settings.isSourcePort(packet.destination().port());
    }

    private boolean continues(Entry entry, Packet packet) {
        if (!network.isPublished(entry.connection.backendId)) {
            return false;
        }
        if (packet.protocol() == Protocol.UDP) {
            return true;
        }
        return !entry.has(ANSWERED)
                && !entry.has(CLIENT_CLOSED)
                && !entry.has(RESET)
                && !entry.connection.isAnother(packet);
    }

    private Outcome forward(Frame frame, Packet packet, Entry entry) {
        Connection connection = entry.connection;
        entry.count(frame);
        boolean gone = entry.has(RESET_REMOVED) && !network.isPublished(connection.backendId);
        if (gone && packet.protocol() == Protocol.TCP && !packet.resets()) {
            flows.show(entry, RESET.bit());
            return refuser.refuse(frame, packet, DropReason.BACKEND_REMOVED);
        }
        flows.show(
                entry,
                bit(SYN, packet.opens())
                        | bit(ANSWERED, packet.proceeds())
                        | bit(CLIENT_CLOSED, packet.closes())
                        | bit(RESET, packet.resets()));
        return Opener.forwarded(frame, packet, connection);
    }

    /// Whether a packet begins a connection that nobody translates in the place of one that is over: if its backend
    /// accepts it, or the entry says so.
    private boolean givesUp(Entry entry, Packet packet) {
        boolean over = packet.accepts() || entry.hasEnded();
        if (!over || !entry.connection.isAnother(packet)) {
            return false;
        }
        flows.remove(entry.connection);
        return true;
    }

    private Outcome replyComesIn(Frame frame, Packet packet, Entry entry) {
        if (givesUp(entry, packet)) {
            return Outcome.untouched(frame, "of another connection");
        }
        Connection connection = entry.connection;
        if (entry.role == FlowRole.MASQUERADE) {
            countReply(frame, packet, entry);
            byte[] bytes = Translation.of(frame.bytes(), packet, packet.source(), connection.source);
            return Outcome.translated(bytes, "reply to a masquerade");
        }
        if (!entry.has(HAIRPIN) && !entry.has(HOST)) {
            return Outcome.untouched(frame, "translated where it leaves");
        }
        return reply(frame, packet, entry);
    }

    private void countReply(Frame frame, Packet packet, Entry entry) {
        entry.count(frame);
        flows.show(
                entry,
                bit(ANSWERED, !packet.accepts()) | bit(SERVER_CLOSED, packet.closes()) | bit(RESET, packet.resets()));
    }

    private static int bit(FlowFlag flag, boolean shown) {
        return shown ? flag.bit() : 0;
    }

    /// From the backend to the client, as from the Service.
    private Outcome reply(Frame frame, Packet packet, Entry entry) {
        countReply(frame, packet, entry);
        IpPort service = entry.connection.service;
        byte[] bytes = Translation.of(frame.bytes(), packet, service, entry.connection.client);
        return entry.has(HAIRPIN)
                ? Outcome.turned(bytes, "reply of a pod to itself")
                : Outcome.translated(bytes, "reply");
    }

    private Outcome leaves(Frame frame, Packet packet, int verdict) {
        Optional<Entry> live = live(packet);
        if (live.isPresent() && live.get().role == FlowRole.REPLY) {
            if (givesUp(live.get(), packet)) {
                return Outcome.untouched(frame, "of another connection");
            }
            return live.get().isFromBackend(packet)
                    ? replyLeaves(frame, packet, live.get())
                    : masquerade(frame, packet, live.get());
        }
        return frame.cameFrom() == 0
                ? ofThisNode(frame, packet, live, verdict)
                : Outcome.untouched(frame, "of no connection");
    }

    private Outcome replyLeaves(Frame frame, Packet packet, Entry entry) {
        return entry.has(HAIRPIN) || entry.has(HOST) || packet.opens()
                ? Outcome.untouched(frame, "no reply, or translated as it came in")
                : reply(frame, packet, entry);
    }

    private static Outcome masquerade(Frame frame, Packet packet, Entry entry) {
        if (!entry.has(MASQUERADED)) {
            return Outcome.untouched(frame, "not masqueraded");
        }
        entry.age = 0;
        byte[] bytes = Translation.of(frame.bytes(), packet, entry.connection.masquerade, packet.destination());
        return Outcome.translated(bytes, "masqueraded");
    }

    /// What this node sends begins where it leaves, and is sent on to where its backend is.
    private Outcome ofThisNode(Frame frame, Packet packet, Optional<Entry> live, int verdict) {
        Optional<Entry> own = live.filter(entry -> entry.has(HOST) && entry.isForward(packet))
                .filter(entry -> !packet.asks() || continues(entry, packet));
        if (own.isPresent()) {
            return redirected(forward(frame, packet, own.get()), packet);
        }
        Optional<Frontend> frontend = frontend(packet);
        if (frontend.isEmpty()) {
            return packet.asks() ? refuser.toNoFrontend(frame, packet) : Outcome.untouched(frame, "of no connection");
        }
        flows.met(packet).ifPresent(entry -> flows.remove(entry.connection));
        return redirected(opener.open(frame, packet, frontend.get(), Client.HOST, verdict), packet);
    }

    private Outcome redirected(Outcome outcome, Packet packet) {
        boolean leads = outcome.verdict() == Outcome.PASS
                && flows.met(packet)
                        .filter(entry ->
                                network.device(packet.source().address(), entry.connection.backend.address()) > 0)
                        .isPresent();
        return leads ? outcome.sentOn() : outcome;
    }

    Map<AffinityKey, Opener.Remembered> affinity() {
        return opener.affinity;
    }

    /// Time passes for what clients are remembered to have.
    void ageAffinity(Kernel kernel, int seconds) {
        opener.affinity.forEach((key, remembered) -> {
            remembered.age += seconds;
            kernel.affinity(key)
                    .ifPresent(last -> kernel.put(
                            Tables.AFFINITY,
                            key,
                            new Affinity(last.backendId(), last.offset(), last.lastUsed() - seconds * 1_000_000_000L)));
        });
    }
}
