// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.desired.ConnectionRules;
import io.culvert.servicelb.desired.EndpointSets;
import io.culvert.servicelb.desired.PortEndpoint;
import io.culvert.servicelb.selection.Selection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The next extent of a Service port, before its new backends have ids.
///
/// Backends keep the id that they have. Behind the two sets, where nothing chooses them, stay the backends that
/// lost their place in both but still serve: their ids remain published, so UDP flows that they have stay with
/// them.
///
/// @param extent backends without an id have id 0; the generation is the tables' to set
/// @param dropped backends of the current extent that are not in this one
record ExtentDraft(Extent extent, List<Backend> dropped) {

    private static final int NOWHERE = -1;

    private record Socket(IpAddress address, int port) {}

    /// @param current what the kernel holds under this index, if anything
    /// @param keepAll leave every current backend in the sets where it is, because what is desired may be
    ///     incomplete
    static ExtentDraft of(
            int service,
            @Nullable Extent current,
            EndpointSets desired,
            ConnectionRules rules,
            boolean keepAll,
            ZoneNumbers zones) {
        List<Backend> before = current == null ? List.of() : current.backends();
        Map<Socket, Integer> held = HashMap.newHashMap(before.size());
        for (int i = 0; i < before.size(); i++) {
            held.put(new Socket(before.get(i).address(), before.get(i).port()), i);
        }
        Parts parts = new Parts(desired, rules, keepAll ? current : null);
        for (int i = 0; i < desired.backends().size(); i++) {
            PortEndpoint endpoint = desired.backends().get(i);
            Integer place = held.remove(new Socket(endpoint.address(), endpoint.port()));
            Backend known = place == null ? null : before.get(place);
            Backend backend = backend(endpoint, known, !endpoint.ready(), zones);
            parts.add(backend.weight() == 0 ? NOWHERE : i, place, backend);
        }
        if (!held.isEmpty()) {
            for (PortEndpoint endpoint : desired.resting()) {
                Integer place = held.remove(new Socket(endpoint.address(), endpoint.port()));
                if (place != null) {
                    parts.add(NOWHERE, place, backend(endpoint, before.get(place), false, zones));
                }
            }
        }
        List<Integer> unwanted = held.values().stream().sorted().toList();
        if (keepAll) {
            unwanted.forEach(place -> parts.add(NOWHERE, place, before.get(place)));
            return new ExtentDraft(parts.extent(service), List.of());
        }
        return new ExtentDraft(
                parts.extent(service), unwanted.stream().map(before::get).toList());
    }

    private static Backend backend(
            PortEndpoint endpoint, @Nullable Backend known, boolean terminating, ZoneNumbers zones) {
        int id = known == null ? 0 : known.id();
        int weight = endpoint.weightOr(known == null ? 1 : known.weight());
        int zone = zones.number(endpoint.endpoint().zone(), known == null ? 0 : known.zone());
        return new Backend(endpoint.address(), endpoint.port(), weight, id, zone, endpoint.local(), terminating);
    }

    /// Whether publishing this would change what the datapath does.
    boolean differsFrom(@Nullable Extent current) {
        return current == null
                || !extent.sameContent(current)
                || extent.backends().stream().anyMatch(backend -> backend.id() == 0);
    }

    /// The extent with an id for every backend that has none.
    Extent withIds(IntSupplier ids) {
        List<Backend> named = new ArrayList<>(extent.backends().size());
        for (Backend backend : extent.backends()) {
            named.add(backend.id() != 0 ? backend : withId(backend, ids.getAsInt()));
        }
        return extent.withBackends(named);
    }

    static Backend withId(Backend backend, int id) {
        return new Backend(
                backend.address(),
                backend.port(),
                backend.weight(),
                id,
                backend.zone(),
                backend.local(),
                backend.terminating());
    }

    /// The four parts of an extent, in the order in which they lie there.
    private static final class Parts {

        private final EndpointSets desired;
        private final ConnectionRules rules;
        private final @Nullable Extent kept;
        private final List<Backend> localOnly = new ArrayList<>(0);
        private final List<Backend> both = new ArrayList<>(0);
        private final List<Backend> clusterOnly;
        private final List<Backend> neither = new ArrayList<>(0);

        /// @param kept an extent whose members stay in the sets where they are, or null
        Parts(EndpointSets desired, ConnectionRules rules, @Nullable Extent kept) {
            this.desired = desired;
            this.rules = rules;
            this.kept = kept;
            clusterOnly = new ArrayList<>(desired.backends().size());
        }

        /// @param wantedAt where it lies among the desired backends, or [#NOWHERE]
        /// @param heldAt where it lies in the current extent, or null
        void add(int wantedAt, @Nullable Integer heldAt, Backend backend) {
            boolean local = wantedAt != NOWHERE && wantedAt < desired.localCount();
            boolean cluster = wantedAt >= desired.clusterFirst();
            if (kept != null && heldAt != null) {
                local |= heldAt < kept.localCount();
                cluster |= heldAt >= kept.clusterFirst() && heldAt < kept.clusterFirst() + kept.clusterCount();
            }
            if (local && cluster) {
                both.add(backend);
            } else if (local) {
                localOnly.add(backend);
            } else if (cluster) {
                clusterOnly.add(backend);
            } else {
                neither.add(backend);
            }
        }

        Extent extent(int service) {
            int localCount = localOnly.size() + both.size();
            boolean elsewhere = desired.endpointsElsewhere() || (kept != null && kept.endpointsElsewhere());
            List<Backend> all = new ArrayList<>(localCount + clusterOnly.size() + neither.size());
            all.addAll(localOnly);
            all.addAll(both);
            all.addAll(clusterOnly);
            all.addAll(neither);
            Extent extent = new Extent(
                    service,
                    0,
                    localCount,
                    localOnly.size(),
                    both.size() + clusterOnly.size(),
                    rules.affinitySeconds(),
                    rules.algorithm(),
                    elsewhere && localCount == 0,
                    rules.resetRemoved(),
                    all);
            return extent.withTables(Selection.tables(extent.algorithm(), extent.cluster(), extent.local()));
        }
    }
}
