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
import java.util.Set;

/// The ports that connections get whose own would collide.
final class SourcePorts {

    /// How often one packet tries to open its connection.
    private static final int ATTEMPTS = 2;

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

    /// @param again whether ports are taken from connections that were not answered, because none was free before
    void requireFree(Protocol protocol, IpPort source, IpPort backend, boolean again) {
        if (!settings.isSourcePort(source.port())) {
            throw new Disagreement("a source port outside of the ranges: " + source);
        }
        if (!isFree(FlowKey.between(protocol, source, backend), again)) {
            throw new Disagreement("a source port that is in use: " + source + " to " + backend);
        }
    }

    private boolean isFree(FlowKey key, boolean again) {
        return flows.isFree(key) || (again && flows.givesWay(key));
    }

    /// Whether a search may find no port: it begins anywhere and tries a number of ports in a row.
    ///
    /// @param claimed how many free ports the connection itself may have taken just before
    private boolean isExhausted(Protocol protocol, IpAddress address, IpPort backend, int claimed, boolean again) {
        int needed = Math.min(Tables.SOURCE_PORT_PROBES, all.size());
        long connections = flows.entries.values().stream()
                .filter(entry -> entry.connection.backend.equals(backend))
                .count();
        if (connections + claimed < needed) {
            return false;
        }
        int free = 0;
        for (int i = 0; i < all.size() + needed; i++) {
            free += isFree(key(protocol, address, i, backend), again) ? 1 : 0;
            free -= i >= needed && isFree(key(protocol, address, i - needed, backend), again) ? 1 : 0;
            if (i >= needed - 1 && free <= claimed) {
                return true;
            }
        }
        return false;
    }

    private FlowKey key(Protocol protocol, IpAddress address, int i, IpPort backend) {
        return FlowKey.between(protocol, new IpPort(address, all.get(i % all.size())), backend);
    }

    boolean mayBeExhausted(Packet packet, Plan plan, boolean again) {
        if (plan.isMasqueraded() && isExhausted(packet.protocol(), plan.masquerade(), plan.end(), 0, again)) {
            return true;
        }
        boolean shared =
                plan.isMasqueraded() && plan.masquerade().equals(packet.source().address());
        // At the second attempt the packet may have cut the connection that has the client's own port.
        boolean search = plan.source().isPresent()
                || shared
                || again
                || !isFree(FlowKey.between(packet.protocol(), packet.source(), plan.end()), again);
        IpAddress source = plan.source().orElse(packet.source().address());
        return search && isExhausted(packet.protocol(), source, plan.end(), shared ? 1 : 0, again);
    }

    /// Checks that no port could be found, not even at the second attempt.
    void requireExhausted(Packet packet, Plan plan) {
        if (!mayBeExhausted(packet, plan, true)) {
            throw new Disagreement("no connection was opened to " + plan.backend());
        }
    }

    /// Forgets what attempts in vain have overwritten: an attempt takes a port for the masquerade first, and gives it
    /// back.
    void forgetLost(Packet packet, Plan plan, Choices choices) {
        if (!plan.isMasqueraded()) {
            return;
        }
        List<FlowKey> lost = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            FlowKey key = key(packet.protocol(), plan.masquerade(), i, plan.end());
            if (flows.entries.containsKey(key)
                    && isFree(key, true)
                    && choices.flow(key).isEmpty()) {
                lost.add(key);
            }
        }
        if (lost.size() > ATTEMPTS) {
            throw new Disagreement("one packet removed " + lost);
        }
        lost.forEach(this::take);
    }

    /// Takes a key from whatever connection has it. One that is not over loses its forward entry too.
    void take(FlowKey key) {
        Entry present = flows.entries.get(key);
        if (present == null) {
            return;
        }
        boolean over = flows.isFree(key);
        flows.entries.remove(key);
        if (!over) {
            flows.of(present.connection, FlowRole.FORWARD).ifPresent(entry -> flows.entries.remove(entry.key()));
        }
        halves.add(present.connection);
    }

    /// Makes what is left of connections look old, once it is known what is left: programs take half a connection that
    /// is younger than a second for one that is being opened.
    void settle(Choices choices) {
        for (Connection connection : halves) {
            for (FlowRole role : FlowRole.values()) {
                flows.of(connection, role).ifPresent(entry -> choices.backdate(entry.key()));
            }
        }
        halves.clear();
    }
}
