// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import io.culvert.maps.Flow;
import io.culvert.maps.FrontendKey;
import io.culvert.servicelb.desired.ServicePortName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// Shows the connections of the flow table, and removes them when a person asks for it.
public final class ConntrackTable {

    private record Match(FlowGroup group, Connection connection) {}

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
            flushed += match.group.removeFrom(flows) > 0 ? 1 : 0;
        }
        return flushed;
    }

    private List<Match> matching(FlowFilter filter) {
        long now = clock.getAsLong();
        List<Match> matching = new ArrayList<>();
        FlowGroups groups = new FlowGroups();
        flows.forEach((_, flow) -> groups.add(flow));
        for (FlowGroup group : groups.all()) {
            Connection connection = Connection.of(group, name(group.any()), timeouts, now);
            if (filter.matches(connection)) {
                matching.add(new Match(group, connection));
            }
        }
        return matching;
    }

    private Optional<ServicePortName> name(Flow flow) {
        return names.apply(
                new FrontendKey(flow.service().address(), flow.service().port(), flow.protocol()));
    }
}
