// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.FlowKey;
import io.culvert.maps.FlowRole;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// The ports that connections get whose own would collide.
final class SourcePorts {

    private final Settings settings;
    private final FlowTable flows;
    private final List<Integer> all = new ArrayList<>();

    /// Connections that have lost entries to others.
    private final Set<Connection> halves = new HashSet<>();

    SourcePorts(Settings settings, FlowTable flows) {
        this.settings = settings;
        this.flows = flows;
        int[] ends = settings.sourcePorts();
        for (int i = 0; i < ends.length; i += 2) {
            for (int port = ends[i]; port <= ends[i + 1]; port++) {
                all.add(port);
            }
        }
    }

    /// Checks that a search may have ended with this port: it is free, or no port is of some that are tried in a row,
    /// and none of those has a connection that was not answered and is older.
    ///
    /// @param claimed what the connection took for itself just before
    void requireFound(Protocol protocol, IpPort source, IpPort backend, Optional<FlowKey> claimed) {
        if (!settings.isSourcePort(source.port())) {
            throw new Disagreement("a source port outside of the ranges: " + source);
        }
        FlowKey found = FlowKey.between(protocol, source, backend);
        if (flows.isFree(found) && !claimed.equals(Optional.of(found))) {
            return;
        }
        int size = all.size();
        int place = all.indexOf(source.port());
        int turns = Math.min(Tables.SOURCE_PORT_PROBES, size);
        boolean oldest = flows.givesWay(found)
                && IntStream.range(0, turns)
                        .anyMatch(before -> IntStream.range(0, turns)
                                .mapToObj(i -> key(protocol, source.address(), place + size - before + i, backend))
                                .noneMatch(key -> !claimed.equals(Optional.of(key)) && isBetter(key, found)));
        if (!oldest) {
            throw new Disagreement("a source port that is in use: " + source + " to " + backend);
        }
    }

    /// Whether a search would rather have a port than that of a connection that was not answered.
    private boolean isBetter(FlowKey key, FlowKey unanswered) {
        return flows.isFree(key) || (flows.givesWay(key) && created(key) < created(unanswered));
    }

    private long created(FlowKey key) {
        return Objects.requireNonNull(flows.entries.get(key)).connection.created;
    }

    private boolean isFree(FlowKey key) {
        return flows.isFree(key) || flows.givesWay(key);
    }

    /// Whether a search may find no port: it begins anywhere and tries a number of ports in a row.
    ///
    /// @param claimed how many free ports the connection itself may have taken just before
    private boolean isExhausted(Protocol protocol, IpAddress address, IpPort backend, int claimed) {
        int needed = Math.min(Tables.SOURCE_PORT_PROBES, all.size());
        long connections = flows.entries.values().stream()
                .filter(entry -> entry.connection.backend.equals(backend))
                .count();
        if (connections + claimed < needed) {
            return false;
        }
        int free = 0;
        for (int i = 0; i < all.size() + needed; i++) {
            free += isFree(key(protocol, address, i, backend)) ? 1 : 0;
            free -= i >= needed && isFree(key(protocol, address, i - needed, backend)) ? 1 : 0;
            if (i >= needed - 1 && free <= claimed) {
                return true;
            }
        }
        return false;
    }

    private FlowKey key(Protocol protocol, IpAddress address, int i, IpPort backend) {
        return FlowKey.between(protocol, new IpPort(address, all.get(i % all.size())), backend);
    }

    boolean mayBeExhausted(Packet packet, Plan plan) {
        if (plan.isMasqueraded() && isExhausted(packet.protocol(), plan.masquerade(), plan.end(), 0)) {
            return true;
        }
        boolean shared =
                plan.isMasqueraded() && plan.masquerade().equals(packet.source().address());
        boolean search = plan.source().isPresent()
                || shared
                || !flows.isFree(FlowKey.between(packet.protocol(), packet.source(), plan.end()));
        IpAddress source = plan.source().orElse(packet.source().address());
        return search && isExhausted(packet.protocol(), source, plan.end(), shared ? 1 : 0);
    }

    /// Checks that no port could be found.
    void requireExhausted(Packet packet, Plan plan) {
        if (!mayBeExhausted(packet, plan)) {
            throw new Disagreement("no connection was opened to " + plan.backend());
        }
    }

    /// Forgets what an attempt in vain has overwritten: it takes a port for the masquerade first, and gives it back.
    void forgetLost(Packet packet, Plan plan, Choices choices) {
        if (!plan.isMasqueraded()) {
            return;
        }
        List<Integer> lost = all.stream()
                .filter(port -> flows.entries.containsKey(masquerade(packet, plan, port)))
                .filter(port -> choices.flow(masquerade(packet, plan, port)).isEmpty())
                .toList();
        if (lost.size() > 1) {
            throw new Disagreement("one packet removed what had ports " + lost);
        }
        for (int port : lost) {
            requireFound(packet.protocol(), new IpPort(plan.masquerade(), port), plan.end(), Optional.empty());
            take(masquerade(packet, plan, port));
        }
    }

    private static FlowKey masquerade(Packet packet, Plan plan, int port) {
        return FlowKey.between(packet.protocol(), new IpPort(plan.masquerade(), port), plan.end());
    }

    /// Takes a key from whatever connection has it. One that is not over is cut: it loses all its entries.
    void take(FlowKey key) {
        Entry present = flows.entries.get(key);
        if (present == null) {
            return;
        }
        if (flows.isFree(key)) {
            flows.entries.remove(key);
            halves.add(present.connection);
        } else {
            flows.remove(present.connection);
        }
    }

    /// Makes what is left of connections look old, once it is known what is left: programs take half a connection that
    /// is younger than a second for one that is being opened.
    void settle(Choices choices) {
        for (Connection connection : halves) {
            for (FlowRole role : FlowRole.values()) {
                flows.of(connection, role).ifPresent(entry -> connection.created = choices.backdate(entry.key()));
            }
        }
        halves.clear();
    }
}
