// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static io.culvert.maps.FlowFlag.COUNTED;
import static io.culvert.maps.FlowFlag.HAIRPIN;
import static io.culvert.maps.FlowFlag.HOST;
import static io.culvert.maps.FlowFlag.MASQUERADED;
import static io.culvert.maps.FlowFlag.OTHER_SOURCE;
import static io.culvert.maps.FlowFlag.RESET_REMOVED;
import static io.culvert.maps.FlowFlag.SYN;

import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.Backend;
import io.culvert.maps.DropReason;
import io.culvert.maps.Extent;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.Frontend;
import io.culvert.maps.IpPort;
import io.culvert.maps.model.Network.Client;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// New connections. The backend and source ports are learned from what the program stored, and must be allowed
/// ones.
final class Opener {

    private final Network network;
    private final FlowTable flows;
    private final Refuser refuser;
    private final Choices choices;
    private final SourcePorts ports;
    final Map<AffinityKey, Remembered> affinity = new HashMap<>();

    /// The backend that a client had last.
    static final class Remembered {
        final int backend;
        int age;

        Remembered(int backend) {
            this.backend = backend;
        }
    }

    Opener(Network network, FlowTable flows, Refuser refuser, Choices choices) {
        this.network = network;
        this.flows = flows;
        this.refuser = refuser;
        this.choices = choices;
        this.ports = new SourcePorts(network.settings, flows);
    }

    /// A packet to its backend.
    static Outcome forwarded(Frame frame, Packet packet, Connection connection) {
        byte[] bytes = Translation.of(frame.bytes(), packet, connection.source, connection.backend);
        return (connection.kind & HAIRPIN.bit()) == 0
                ? Outcome.translated(bytes, "forward")
                : Outcome.turned(bytes, "to the pod itself");
    }

    Outcome open(Frame frame, Packet packet, Frontend frontend, Client client, int verdict) {
        Extent extent = network.extents.get(frontend.service());
        if (packet.source().port() == 0) {
            return refuser.drop(frame, DropReason.INVALID_PACKET);
        }
        if (!network.admits(frontend, packet.source().address())) {
            return refuser.drop(frame, DropReason.SOURCE_RANGE);
        }
        if (extent == null) {
            return Outcome.untouched(frame, "nothing published");
        }
        boolean local = Network.usesLocalSet(frontend, client);
        List<Backend> candidates = local ? extent.local() : extent.cluster();
        if (candidates.isEmpty()) {
            return local && extent.endpointsElsewhere()
                    ? refuser.drop(frame, DropReason.NO_LOCAL_BACKEND)
                    : refuser.refuse(frame, packet, DropReason.NO_BACKEND);
        }
        FlowKey key = packet.key();
        Optional<Flow> stored = choices.flow(key);
        Backend backend = extent.affinitySeconds() == 0
                ? chosen(packet, frontend, client, Selected.of(extent, local, packet), stored, verdict)
                : remembered(extent, packet, candidates);
        return openTo(frame, packet, backend, frontend.service(), kind(frontend, client, extent), stored);
    }

    private int kind(Frontend frontend, Client client, Extent extent) {
        return (network.isMasqueraded(frontend, client) ? MASQUERADED.bit() : 0)
                | (client == Client.HOST ? HOST.bit() : 0)
                | (extent.resetRemoved() ? RESET_REMOVED.bit() : 0)
                | (extent.algorithm().countsConnections() ? COUNTED.bit() : 0);
    }

    private Outcome openTo(Frame frame, Packet packet, Backend backend, int service, int kind, Optional<Flow> stored) {
        if (backend.address().isV4() != packet.v4()) {
            return refuser.refuse(frame, packet, DropReason.NO_BACKEND);
        }
        if (isDialled(backend, packet)) {
            return Outcome.untouched(frame, "dialled by its own address");
        }
        Plan plan = plan(packet, backend, kind);
        if (plan.drop().isPresent()) {
            return refuser.drop(frame, plan.drop().get());
        }
        if (stored.isEmpty()) {
            ports.requireExhausted(packet, plan);
            ports.forgetLost(packet, plan, choices);
            ports.settle(choices);
            return refuser.drop(frame, DropReason.NO_SOURCE_PORT);
        }
        Connection connection = connect(packet, plan, service, stored.get());
        for (FlowRole role : connection.roles()) {
            ports.take(connection.key(role));
        }
        insert(frame, packet, connection);
        ports.settle(choices);
        return forwarded(frame, packet, connection);
    }

    private static boolean isDialled(Backend backend, Packet packet) {
        return packet.destination().equals(new IpPort(backend.address(), backend.port()));
    }

    /// A backend at random: the one that was stored, or one with which nothing is.
    private Backend chosen(
            Packet packet,
            Frontend frontend,
            Client client,
            List<Backend> candidates,
            Optional<Flow> stored,
            int verdict) {
        if (stored.isPresent()) {
            int id = stored.get().backendId();
            return candidates.stream()
                    .filter(backend -> backend.id() == id)
                    .findFirst()
                    .orElseThrow(() -> new Disagreement("a backend that is no candidate: " + stored.get()));
        }
        int kind = network.isMasqueraded(frontend, client) ? MASQUERADED.bit() : 0;
        int whole = kind | (client == Client.HOST ? HOST.bit() : 0);
        return candidates.stream()
                .filter(backend -> explains(packet, backend, whole, verdict))
                .findFirst()
                .orElse(candidates.getFirst());
    }

    /// Whether a choice could end without an entry, and with this verdict.
    private boolean explains(Packet packet, Backend backend, int kind, int verdict) {
        if (backend.address().isV4() != packet.v4()) {
            return verdict == Outcome.REDIRECT;
        }
        if (isDialled(backend, packet)) {
            return verdict == Outcome.PASS;
        }
        Plan plan = plan(packet, backend, kind);
        return verdict == Outcome.DROP && (plan.drop().isPresent() || ports.mayBeExhausted(packet, plan));
    }

    private Backend remembered(Extent extent, Packet packet, List<Backend> candidates) {
        AffinityKey key = new AffinityKey(extent.service(), packet.source().address());
        Remembered last = affinity.get(key);
        int now = choices.affinity(key)
                .map(Affinity::backendId)
                .orElseThrow(() -> new Disagreement("no backend is remembered for " + key));
        Backend backend = candidates.stream()
                .filter(candidate -> candidate.id() == now)
                .findFirst()
                .orElseThrow(() -> new Disagreement("a backend is remembered that is no candidate: " + key));
        boolean counts = last != null
                && last.age <= extent.affinitySeconds()
                && network.isPublished(last.backend)
                && candidates.stream().anyMatch(candidate -> candidate.id() == last.backend);
        if (last != null && counts && last.backend != now) {
            throw new Disagreement("affinity of " + key + " moved from " + last.backend + " to " + now);
        }
        affinity.put(key, new Remembered(now));
        return backend;
    }

    private Plan plan(Packet packet, Backend backend, int kind) {
        boolean host = (kind & HOST.bit()) != 0;
        int device = network.device(packet.source().address(), backend.address());
        IpAddress none = IpAddress.UNSPECIFIED;
        if (host && device == 0) {
            return new Plan(backend, kind, Optional.empty(), none, Optional.of(DropReason.NO_SOURCE_PORT));
        }
        if (packet.source().address().equals(backend.address())) {
            IpAddress node = network.settings.node(packet.v4());
            int hairpin = (kind & ~MASQUERADED.bit()) | HAIRPIN.bit() | OTHER_SOURCE.bit();
            return new Plan(backend, hairpin, Optional.of(node), none, missing(node));
        }
        if (host && packet.protocol() == Protocol.UDP) {
            return new Plan(
                    backend,
                    kind | OTHER_SOURCE.bit(),
                    Optional.of(packet.source().address()),
                    none,
                    Optional.empty());
        }
        if ((kind & MASQUERADED.bit()) == 0 || device == 0) {
            return new Plan(backend, kind & ~MASQUERADED.bit(), Optional.empty(), none, Optional.empty());
        }
        IpAddress masquerade = network.masquerade(device, packet.v4());
        return new Plan(backend, kind, Optional.empty(), masquerade, missing(masquerade));
    }

    private static Optional<DropReason> missing(IpAddress address) {
        return Optional.of(DropReason.NO_SOURCE_PORT).filter(_ -> address.equals(IpAddress.UNSPECIFIED));
    }

    private Connection connect(Packet packet, Plan plan, int service, Flow stored) {
        IpPort masquerade = new IpPort(plan.masquerade(), stored.masquerade().port());
        Optional<FlowKey> claimed = Optional.of(FlowKey.between(packet.protocol(), masquerade, plan.end()))
                .filter(_ -> plan.isMasqueraded());
        claimed.ifPresent(key -> {
            ports.requireFound(packet.protocol(), masquerade, plan.end(), Optional.empty());
            ports.take(key);
        });
        FlowKey own = FlowKey.between(packet.protocol(), packet.source(), plan.end());
        boolean keeps = plan.source().isEmpty() && flows.isFree(own) && !claimed.equals(Optional.of(own));
        IpPort source = packet.source();
        if (!keeps) {
            IpAddress address = plan.source().orElse(source.address());
            source = new IpPort(address, stored.source().port());
            ports.requireFound(packet.protocol(), source, plan.end(), claimed);
        }
        return new Connection(
                packet,
                plan.end(),
                source,
                plan.isMasqueraded() ? masquerade : new IpPort(IpAddress.UNSPECIFIED, 0),
                service,
                plan.backend().id(),
                plan.kind() | (keeps ? 0 : OTHER_SOURCE.bit()),
                stored.created());
    }

    private void insert(Frame frame, Packet packet, Connection connection) {
        Entry forward = new Entry(connection, FlowRole.FORWARD, connection.kind);
        forward.count(frame);
        forward.show(SYN, packet.opens());
        for (FlowRole role : connection.roles()) {
            flows.put(role == FlowRole.FORWARD ? forward : new Entry(connection, role, connection.kind));
        }
    }
}
