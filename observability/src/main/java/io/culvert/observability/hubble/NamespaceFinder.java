// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import io.culvert.observability.flow.FlowHistory;
import io.culvert.observability.flow.FlowHistory.Period;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.ServiceName;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/// The namespaces that flows of the last hour name: all of them are looked at, for their addresses and Services, and
/// each of these is asked for once.
final class NamespaceFinder {

    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final FlowStore store;
    private final FlowNames names;

    NamespaceFinder(FlowStore store, FlowNames names) {
        this.store = store;
        this.names = names;
    }

    /// @param now as [System#nanoTime]
    Set<String> find(long now) {
        Seen seen = new Seen();
        var _ = new FlowHistory(store).first(1, new Period(now - HOUR, Long.MAX_VALUE), seen::add);
        Set<String> namespaces = new TreeSet<>();
        seen.addresses.forEach(address -> namespaces.add(names.party(address, 0).namespace()));
        seen.services.forEach(
                index -> names.service(index).map(ServiceName::namespace).ifPresent(namespaces::add));
        seen.cgroups.forEach(cgroup -> names.ofCgroup(cgroup).ifPresent(party -> namespaces.add(party.namespace())));
        namespaces.remove("");
        return namespaces;
    }

    private static final class Seen {

        private final Set<IpAddress> addresses = new HashSet<>();
        private final Set<Integer> services = new HashSet<>();
        private final Set<Long> cgroups = new HashSet<>();

        /// Wants none: nothing is built of what was looked at.
        boolean add(RawEvent flow) {
            addresses.add(flow.source());
            addresses.add(flow.destination());
            addresses.add(flow.translated());
            if (flow.service() != 0) {
                services.add(flow.service());
            }
            if (flow.hook() == EventHook.SOCKET.number()) {
                cgroups.add(flow.cgroup());
            }
            return false;
        }
    }
}
