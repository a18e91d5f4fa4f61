// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.Protocol;
import io.culvert.observability.names.ServiceName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Adds up flows into who talks to whom.
///
/// A connection may be told of by several programs: of each edge, what the program saw that told of most of its
/// connections counts. Drops are told of once.
final class TrafficMap {

    /// Edges that are shown.
    static final int EDGES = 150;

    private static final int FEW = 4;
    private static final int HOOKS = EventHook.values().length;
    private static final int SYN_ACK = 0x12;
    private static final int SYN = 0x02;
    private static final int TCP = 6;

    private final FlowRows rows;
    private final Map<String, MapView.Node> nodes = new TreeMap<>();
    private final Map<Ends, Sums> edges = new HashMap<>();
    private final Map<MapView.Verdict, Long> verdicts = new HashMap<>();

    private record Ends(String from, String to) {}

    private static final class Sums {
        private final long[] openings = new long[HOOKS];
        private final Set<String> ports = new TreeSet<>();
        private final Set<String> reasons = new TreeSet<>();
        private long drops;
        private long bytes;

        private long connections() {
            long most = 0;
            for (long count : openings) {
                most = Math.max(most, count);
            }
            return most;
        }
    }

    TrafficMap(FlowRows rows) {
        this.rows = rows;
    }

    /// Whether a flow says anything here, by its numbers.
    static boolean matters(RawEvent flow) {
        int kind = flow.kind();
        return kind == EventKind.CLOSE.number()
                || kind == EventKind.VERDICT.number()
                || kind == EventKind.DROP.number()
                || kind == EventKind.SOCKET.number()
                || (kind == EventKind.TRACE.number()
                        && !flow.has(EventFlag.IS_REPLY)
                        && (flow.protocol() != TCP || (flow.tcpFlags() & SYN_ACK) == SYN));
    }

    void add(Event flow) {
        boolean reply = flow.has(EventFlag.IS_REPLY);
        PartyRow client = reply ? rows.destination(flow) : rows.source(flow);
        PartyRow server = reply ? rows.source(flow) : rows.destination(flow);
        Optional<ServiceName> service = rows.service(flow);
        if (flow.kind() == EventKind.VERDICT) {
            String policy = rows.policy(flow);
            verdicts.merge(
                    new MapView.Verdict(policy, FlowRows.direction(flow.hook()), FlowRows.text(flow.verdict()), 0),
                    1L,
                    Long::sum);
        }
        String from = node(client);
        if (service.isEmpty()) {
            count(from, node(server), flow);
            return;
        }
        String middle = node("service", service.get().toString());
        count(from, middle, flow);
        boolean chosen = reply || flow.has(EventFlag.ADDRESSED);
        if (chosen) {
            count(middle, node(server), flow);
        }
    }

    private String node(PartyRow party) {
        return node(party.kind(), party.group());
    }

    private String node(String kind, String title) {
        String id = kind + ":" + title;
        nodes.computeIfAbsent(id, key -> new MapView.Node(key, kind, title));
        return id;
    }

    private void count(String from, String to, Event flow) {
        Sums sums = edges.computeIfAbsent(new Ends(from, to), _ -> new Sums());
        if (flow.kind() == EventKind.CLOSE) {
            sums.bytes += flow.detail().first() + flow.detail().second();
            return;
        }
        if (flow.verdict() == EventVerdict.DROPPED) {
            sums.drops++;
            note(sums.reasons, FlowRows.reason(flow));
        } else {
            sums.openings[flow.hook().number()]++;
        }
        if (flow.destination().port() != 0) {
            note(sums.ports, flow.destination().port() + "/" + protocol(flow));
        }
    }

    private static void note(Set<String> few, String text) {
        if (few.size() < FEW) {
            few.add(text);
        }
    }

    private static String protocol(Event flow) {
        return Protocol.ofNumber(flow.protocol()).map(Enum::name).orElse(Integer.toString(flow.protocol()));
    }

    List<MapView.Verdict> verdicts() {
        return verdicts.entrySet().stream()
                .map(entry -> new MapView.Verdict(
                        entry.getKey().policy(),
                        entry.getKey().direction(),
                        entry.getKey().action(),
                        entry.getValue()))
                .sorted(Comparator.comparing(MapView.Verdict::policy)
                        .thenComparing(MapView.Verdict::direction)
                        .thenComparing(MapView.Verdict::action))
                .toList();
    }

    /// All edges: those with drops first, then by how much goes on there.
    List<MapView.Edge> edges() {
        List<MapView.Edge> all = new ArrayList<>();
        edges.forEach((ends, sums) -> all.add(new MapView.Edge(
                ends.from,
                ends.to,
                sums.connections(),
                sums.drops,
                sums.bytes,
                List.copyOf(sums.ports),
                List.copyOf(sums.reasons))));
        all.sort(Comparator.comparingLong(MapView.Edge::drops)
                .thenComparingLong(MapView.Edge::connections)
                .reversed()
                .thenComparing(MapView.Edge::from)
                .thenComparing(MapView.Edge::to));
        return all;
    }

    /// The ends of these edges.
    List<MapView.Node> nodesOf(List<MapView.Edge> shown) {
        Set<String> ends = new TreeSet<>();
        shown.forEach(edge -> {
            ends.add(edge.from());
            ends.add(edge.to());
        });
        return nodes.values().stream().filter(node -> ends.contains(node.id())).toList();
    }
}
