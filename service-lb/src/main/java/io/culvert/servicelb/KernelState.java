// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.servicelb.desired.ServicePortName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What the kernel holds, as far as this agent wrote or adopted it: who owns each frontend, and what no Service has
/// claimed yet since the agent started.
final class KernelState {

    private final ServiceTables tables;
    private final Map<FrontendKey, ProgrammedPort> owners = new HashMap<>();
    private final Map<Integer, ProgrammedPort> unclaimed = new TreeMap<>();

    /// Reads back what an earlier agent left. Of backend ids only those are withdrawn that no frontend leads
    /// to: that agent ended after it removed the frontend and before it withdrew the extent.
    KernelState(ServiceTables tables) {
        this.tables = tables;
        tables.forEachFrontend((key, frontend) -> {
            ProgrammedPort port = unclaimed.computeIfAbsent(frontend.service(), ProgrammedPort::new);
            port.frontends().put(key, frontend);
            owners.put(key, port);
        });
        Set<Integer> live = new HashSet<>();
        for (ProgrammedPort port : unclaimed.values()) {
            tables.claimService(port.index());
            tables.extent(port.index()).ifPresent(extent -> port.published(withOwnIds(extent, live)));
        }
        readSourceRanges();
        for (int index : tables.publishedServices()) {
            ProgrammedPort port = unclaimed.computeIfAbsent(index, ProgrammedPort::new);
            if (port.frontends().isEmpty()) {
                tables.extent(index).ifPresent(extent -> withdrawIds(extent, live));
            }
        }
    }

    /// An index that only has client ranges is not given away before they are gone.
    private void readSourceRanges() {
        tables.forEachSourceRange(key -> {
            tables.claimService(key.service());
            unclaimed.computeIfAbsent(key.service(), ProgrammedPort::new).hasSourceRanges(Set.of(key.range()));
        });
    }

    /// The extent with id 0, which stands for none, where an id is another backend's or not published. A backend
    /// without an id is given one when the port is claimed.
    private Extent withOwnIds(Extent extent, Set<Integer> live) {
        return extent.withBackends(extent.backends().stream()
                .map(backend -> tables.isPublished(backend.id()) && live.add(backend.id())
                        ? backend
                        : ExtentDraft.withId(backend, 0))
                .toList());
    }

    private void withdrawIds(Extent extent, Set<Integer> live) {
        for (Backend backend : extent.backends()) {
            if (!live.contains(backend.id()) && tables.isPublished(backend.id())) {
                tables.withdrawBackend(backend.id());
            }
        }
    }

    /// The port under which a Service that wants these frontends was programmed before the agent started, or a
    /// new one. One that other frontends lead to as well is not taken: its extent may be another Service's by now.
    ProgrammedPort claim(Set<FrontendKey> frontends) {
        for (FrontendKey key : frontends) {
            ProgrammedPort port = owners.get(key);
            if (port != null
                    && frontends.containsAll(port.frontends().keySet())
                    && unclaimed.remove(port.index(), port)) {
                return port;
            }
        }
        return new ProgrammedPort(tables.reserveService());
    }

    Optional<ProgrammedPort> owner(FrontendKey key) {
        return Optional.ofNullable(owners.get(key));
    }

    /// Every frontend with the port that it leads to, live.
    Map<FrontendKey, ProgrammedPort> owners() {
        return owners;
    }

    /// Notes that the kernel holds this frontend for `port`.
    void put(FrontendKey key, Frontend frontend, ProgrammedPort port) {
        ProgrammedPort before = owners.put(key, port);
        if (before != null && before != port) {
            before.frontends().remove(key);
        }
        port.frontends().put(key, frontend);
    }

    /// Notes that the kernel holds this frontend no more.
    void removed(FrontendKey key) {
        ProgrammedPort before = owners.remove(key);
        if (before != null) {
            before.frontends().remove(key);
        }
    }

    /// What no Service has claimed.
    List<ProgrammedPort> unclaimed() {
        return new ArrayList<>(unclaimed.values());
    }

    void forget(ProgrammedPort port) {
        unclaimed.remove(port.index(), port);
    }

    /// Every frontend that leads to a Service that is known, in no order.
    List<LoadBalancer.NamedFrontend> namedFrontends() {
        List<LoadBalancer.NamedFrontend> named = new ArrayList<>(owners().size());
        owners().forEach((key, port) -> {
            ServicePortName name = port.name();
            if (name != null) {
                named.add(new LoadBalancer.NamedFrontend(key, port.index(), name));
            }
        });
        return named;
    }

    /// The Service ports that have an index.
    Map<Integer, ServicePortName> names() {
        Map<Integer, ServicePortName> names = new HashMap<>();
        for (ProgrammedPort port : owners().values()) {
            Optional.ofNullable(port.name()).ifPresent(name -> names.put(port.index(), name));
        }
        return names;
    }

    /// The ids of backends of which open connections are counted.
    Set<Integer> countedBackends() {
        Set<Integer> ids = new HashSet<>();
        for (ProgrammedPort port : owners().values()) {
            Extent extent = port.extent();
            if (extent != null && extent.algorithm().countsConnections()) {
                extent.backends().forEach(backend -> ids.add(backend.id()));
            }
        }
        return ids;
    }
}
