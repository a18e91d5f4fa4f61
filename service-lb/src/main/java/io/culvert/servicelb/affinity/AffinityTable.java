// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.affinity;

import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.ExtentReader;
import io.culvert.maps.IpPort;
import io.culvert.maps.MapCatalogue;
import io.culvert.servicelb.desired.ServicePortName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/// Shows the clients whose next connection goes where their last one went, as programs judge it.
public final class AffinityTable {

    private final Consumer<BiConsumer<AffinityKey, Affinity>> entries;
    private final IntFunction<Optional<Extent>> extents;
    private final LongSupplier clock;

    /// @param entries shows each entry of the map `affinity`
    /// @param extents what is published at a service
    /// @param clock nanoseconds of CLOCK_MONOTONIC
    AffinityTable(
            Consumer<BiConsumer<AffinityKey, Affinity>> entries,
            IntFunction<Optional<Extent>> extents,
            LongSupplier clock) {
        this.entries = entries;
        this.extents = extents;
        this.clock = clock;
    }

    public static AffinityTable of(MapCatalogue maps) {
        ExtentReader reader = maps.extents();
        return new AffinityTable(maps.affinity()::forEach, service -> published(reader, service), System::nanoTime);
    }

    private static Optional<Extent> published(ExtentReader reader, int service) {
        boolean known = service >= 0 && service < reader.capacity();
        return known && reader.read(service) instanceof ExtentReader.Reading.Published published
                ? Optional.of(published.extent())
                : Optional.empty();
    }

    /// The entries that count: neither too old, nor of a backend or Service that is gone. In the order of
    /// [AffinityEntry#ORDER].
    ///
    /// @param names of Service ports by index, as far as they are known
    public List<AffinityEntry> list(Map<Integer, ServicePortName> names) {
        long now = clock.getAsLong();
        Map<Integer, Optional<Extent>> seen = new HashMap<>();
        List<AffinityEntry> list = new ArrayList<>();
        entries.accept((key, affinity) -> seen.computeIfAbsent(key.service(), extents::apply)
                .flatMap(extent -> entry(key, affinity, extent, Optional.ofNullable(names.get(key.service())), now))
                .ifPresent(list::add));
        list.sort(AffinityEntry.ORDER);
        return list;
    }

    private static Optional<AffinityEntry> entry(
            AffinityKey key, Affinity affinity, Extent extent, Optional<ServicePortName> name, long now) {
        Duration age = Duration.ofNanos(now - affinity.lastUsed());
        Duration remaining = Duration.ofSeconds(extent.affinitySeconds()).minus(age);
        return extent.backends().stream()
                .filter(_ -> !remaining.isNegative())
                .filter(backend -> backend.id() == affinity.backendId())
                .findFirst()
                .map(backend -> new AffinityEntry(name, key.service(), key.client(), socket(backend), age, remaining));
    }

    private static IpPort socket(Backend backend) {
        return new IpPort(backend.address(), backend.port());
    }
}
