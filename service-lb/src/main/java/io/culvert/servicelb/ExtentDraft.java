// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.desired.EndpointSets;
import io.culvert.servicelb.desired.PortEndpoint;
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

    private static final int WEIGHT = 1;

    private record Socket(IpAddress address, int port) {}

    /// @param current what the kernel holds under this index, if anything
    /// @param keepAll carry over every current backend with its place, because what is desired may be incomplete
    static ExtentDraft of(
            int service, @Nullable Extent current, EndpointSets desired, boolean keepAll, ZoneNumbers zones) {
        Map<Socket, Integer> held = new HashMap<>();
        List<Backend> before = current == null ? List.of() : current.backends();
        for (int i = 0; i < before.size(); i++) {
            held.put(new Socket(before.get(i).address(), before.get(i).port()), i);
        }
        boolean elsewhere =
                desired.endpointsElsewhere() || (keepAll && current != null && current.endpointsElsewhere());
        Parts parts = new Parts(desired.backends().size(), elsewhere);
        for (int i = 0; i < desired.backends().size(); i++) {
            PortEndpoint endpoint = desired.backends().get(i);
            Integer place = held.remove(new Socket(endpoint.address(), endpoint.port()));
            Backend known = place == null ? null : before.get(place);
            boolean terminating = !endpoint.ready();
            parts.add(i, desired.localCount(), desired.clusterFirst(), backend(endpoint, known, terminating, zones));
        }
        if (!held.isEmpty() && current != null) {
            for (PortEndpoint endpoint : desired.resting()) {
                Integer place = held.remove(new Socket(endpoint.address(), endpoint.port()));
                if (place != null) {
                    parts.rest(backend(endpoint, before.get(place), false, zones), keepAll ? place : -1, current);
                }
            }
            if (keepAll) {
                held.values().stream().sorted().forEach(place -> parts.rest(before.get(place), place, current));
                held.clear();
            }
        }
        List<Backend> dropped = held.values().stream().map(before::get).toList();
        return new ExtentDraft(parts.extent(service), dropped);
    }

    private static Backend backend(
            PortEndpoint endpoint, @Nullable Backend known, boolean terminating, ZoneNumbers zones) {
        int id = known == null ? 0 : known.id();
        int zone = zones.number(endpoint.endpoint().zone(), known == null ? 0 : known.zone());
        return new Backend(endpoint.address(), endpoint.port(), WEIGHT, id, zone, endpoint.local(), terminating);
    }

    /// Whether publishing this would change what the datapath does.
    boolean differsFrom(@Nullable Extent current) {
        return current == null || !extent.sameContent(current);
    }

    /// The extent with an id for every backend that has none.
    Extent withIds(IntSupplier ids) {
        List<Backend> named = new ArrayList<>(extent.backends().size());
        for (Backend backend : extent.backends()) {
            named.add(backend.id() != 0 ? backend : withId(backend, ids.getAsInt()));
        }
        return new Extent(
                extent.service(),
                extent.generation(),
                extent.localCount(),
                extent.clusterFirst(),
                extent.clusterCount(),
                extent.affinitySeconds(),
                extent.algorithm(),
                extent.endpointsElsewhere(),
                named);
    }

    private static Backend withId(Backend backend, int id) {
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

        private final List<Backend> localOnly = new ArrayList<>(0);
        private final List<Backend> both = new ArrayList<>(0);
        private final List<Backend> clusterOnly;
        private final List<Backend> neither = new ArrayList<>(0);
        private final boolean elsewhere;

        Parts(int size, boolean elsewhere) {
            clusterOnly = new ArrayList<>(size);
            this.elsewhere = elsewhere;
        }

        /// Adds what lies at `place` in a list whose local set ends and cluster set begins as said.
        void add(int place, int localCount, int clusterFirst, Backend backend) {
            if (place >= localCount) {
                clusterOnly.add(backend);
            } else if (place >= clusterFirst) {
                both.add(backend);
            } else {
                localOnly.add(backend);
            }
        }

        /// Adds what is in neither set now; it goes where it was in `current` if it has a place there, else behind
        /// all.
        void rest(Backend backend, int place, Extent current) {
            boolean inSets = place >= 0
                    && (place < current.localCount() || place < current.clusterFirst() + current.clusterCount());
            if (inSets) {
                add(place, current.localCount(), current.clusterFirst(), backend);
            } else {
                neither.add(backend);
            }
        }

        Extent extent(int service) {
            int localCount = localOnly.size() + both.size();
            List<Backend> all = new ArrayList<>(localCount + clusterOnly.size() + neither.size());
            all.addAll(localOnly);
            all.addAll(both);
            all.addAll(clusterOnly);
            all.addAll(neither);
            return new Extent(
                    service,
                    0,
                    localCount,
                    localOnly.size(),
                    both.size() + clusterOnly.size(),
                    0,
                    Algorithm.RANDOM,
                    elsewhere && localCount == 0,
                    all);
        }
    }
}
