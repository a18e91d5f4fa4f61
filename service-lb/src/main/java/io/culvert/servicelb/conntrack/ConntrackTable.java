// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.FrontendKey;
import io.culvert.servicelb.desired.ServicePortName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// Shows the connections of the flow table, and removes them when a person asks for it.
public final class ConntrackTable {

    private record Match(FlowPair pair, Connection connection) {}

    private final FlowEntries flows;
    private final FlowLifetimes timeouts;
    private final Function<FrontendKey, Optional<ServicePortName>> names;
    private final LongSupplier clock;

    /// @param names whose frontend an address is, as [io.culvert.servicelb.LoadBalancer#serviceAt] knows
    public ConntrackTable(
            FlowEntries flows, FlowLifetimes timeouts, Function<FrontendKey, Optional<ServicePortName>> names) {
        this(flows, timeouts, names, System::nanoTime);
    }

    /// @param clock nanoseconds of CLOCK_MONOTONIC, which [System#nanoTime] is on Linux
    public ConntrackTable(
            FlowEntries flows,
            FlowLifetimes timeouts,
            Function<FrontendKey, Optional<ServicePortName>> names,
            LongSupplier clock) {
        this.flows = flows;
        this.timeouts = timeouts;
        this.names = names;
        this.clock = clock;
    }

    /// The connections that `filter` means and that have not expired, in the order of [Connection#ORDER].
    public List<Connection> list(FlowFilter filter) {
        return matching(filter).stream()
                .map(Match::connection)
                .filter(connection -> !connection.expiresIn().isNegative())
                .sorted(Connection.ORDER)
                .toList();
    }

    /// Forgets the connections that `filter` means. The next datagram of a UDP flow begins a new one; a TCP connection
    /// is cut: its packets are not translated any more.
    ///
    /// @return how many connections were forgotten
    public int flush(FlowFilter filter) {
        int flushed = 0;
        for (Match match : matching(filter)) {
            Flow flow = match.pair.flow();
            boolean partner = match.pair.partner().isPresent() && flows.remove(flow.partner());
            boolean own = flows.remove(flow.key());
            flushed += partner || own ? 1 : 0;
        }
        return flushed;
    }

    private List<Match> matching(FlowFilter filter) {
        long now = clock.getAsLong();
        List<Match> matching = new ArrayList<>();
        for (FlowPair pair : pairs()) {
            Connection connection = Connection.of(pair, name(pair.flow()), timeouts, now);
            if (filter.matches(connection)) {
                matching.add(new Match(pair, connection));
            }
        }
        return matching;
    }

    private List<FlowPair> pairs() {
        Map<FlowKey, Flow> alone = new HashMap<>();
        List<FlowPair> pairs = new ArrayList<>();
        flows.forEach((key, flow) -> {
            FlowPair pair = FlowPair.of(flow, Optional.ofNullable(alone.get(flow.partner())));
            if (pair.partner().isPresent()) {
                alone.remove(flow.partner());
                pairs.add(pair);
            } else {
                alone.put(key, flow);
            }
        });
        alone.values().forEach(flow -> pairs.add(new FlowPair(flow, Optional.empty())));
        return pairs;
    }

    private Optional<ServicePortName> name(Flow flow) {
        return names.apply(
                new FrontendKey(flow.service().address(), flow.service().port(), flow.protocol()));
    }
}
