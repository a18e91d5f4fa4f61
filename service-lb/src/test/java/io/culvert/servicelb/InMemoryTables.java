// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.LpmKey;
import io.culvert.maps.SourceRangeKey;
import io.culvert.net.IpAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The tables in memory. They insist on the order of writes that keeps the datapath sound, show every single
/// write to an observer, and fail where a test says so. They outlive the LoadBalancer that writes them, as the
/// kernel's do.
final class InMemoryTables implements ServiceTables {

    final Map<FrontendKey, Frontend> frontends = new TreeMap<>();
    final Set<SourceRangeKey> sourceRanges = new HashSet<>();
    final Map<AddressKey, Integer> clusterAddresses = new HashMap<>();
    List<AddressRange> ranges = List.of();
    final Map<Integer, Extent> extents = new TreeMap<>();
    final Set<Integer> backends = new TreeSet<>();
    int writes;
    int rooms;
    private Set<Integer> services = new TreeSet<>();
    private int nextService;
    private int nextBackend = 1;

    /// Called after every write.
    Runnable observer = () -> {};
    /// Called before every write with its description; true makes it fail.
    Predicate<String> failure = _ -> false;

    /// What a connection to a frontend is given, in the kernel's eyes.
    record Choice(IpAddress address, int port, boolean local, boolean terminating) {}

    /// The set that a new connection to `key` is given a member of; null if the address is not translated.
    @Nullable
    Set<Choice> choices(FrontendKey key) {
        Frontend frontend = frontends.get(key);
        Extent extent = frontend == null ? null : extents.get(frontend.service());
        if (frontend == null || extent == null) {
            return null;
        }
        return (frontend.localSet() ? extent.local() : extent.cluster())
                .stream()
                        .peek(backend -> require(backends.contains(backend.id()), "chosen without an id: " + backend))
                        .map(b -> new Choice(b.address(), b.port(), b.local(), b.terminating()))
                        .collect(Collectors.toSet());
    }

    /// What every frontend gives.
    Map<FrontendKey, Set<Choice>> choices() {
        Map<FrontendKey, Set<Choice>> all = new TreeMap<>();
        frontends.keySet().forEach(key -> {
            Set<Choice> choices = choices(key);
            if (choices != null) {
                all.put(key, choices);
            }
        });
        return all;
    }

    /// What programs know of every frontend beside its endpoints: type and flags, how connections stay with a backend,
    /// and who is let in.
    Map<FrontendKey, String> rules() {
        Map<FrontendKey, String> all = new TreeMap<>();
        frontends.forEach((key, frontend) -> {
            Extent extent = extents.get(frontend.service());
            if (extent != null) {
                List<LpmKey> ranges = sourceRanges.stream()
                        .filter(range -> range.service() == frontend.service())
                        .map(SourceRangeKey::range)
                        .sorted(Comparator.comparing(LpmKey::toString))
                        .toList();
                all.put(
                        key,
                        frontend.type() + " " + new TreeSet<>(frontend.flags()) + " affinity "
                                + extent.affinitySeconds() + " reset " + extent.resetRemoved() + " elsewhere "
                                + extent.endpointsElsewhere() + " from " + ranges);
            }
        });
        return all;
    }

    /// How many service indexes frontends lead to.
    int reachable() {
        return (int) frontends.values().stream()
                .mapToInt(Frontend::service)
                .distinct()
                .count();
    }

    /// A new process opens the tables: what was only in the memory of the one before is gone.
    void restart() {
        services = new TreeSet<>(extents.keySet());
        Set<Integer> named = new HashSet<>();
        extents.values().forEach(extent -> extent.backends().forEach(backend -> named.add(backend.id())));
        backends.retainAll(named);
        backends.addAll(named);
    }

    @Override
    public void forEachFrontend(BiConsumer<FrontendKey, Frontend> reader) {
        Map.copyOf(frontends).forEach(reader);
    }

    @Override
    public void forEachFoundFrontend(BiConsumer<FrontendKey, Optional<Frontend>> reader) {
        forEachFrontend((key, frontend) -> reader.accept(key, Optional.of(frontend)));
    }

    @Override
    public Optional<Frontend> frontend(FrontendKey key) {
        return Optional.ofNullable(frontends.get(key));
    }

    @Override
    public void putFrontends(Map<FrontendKey, Frontend> entries) {
        entries.forEach((key, frontend) -> {
            require(extents.containsKey(frontend.service()), "frontend before its extent: " + key);
            write("put " + key);
            frontends.put(key, frontend);
            observer.run();
        });
    }

    @Override
    public void removeFrontends(Collection<FrontendKey> keys) {
        for (FrontendKey key : keys) {
            write("remove " + key);
            frontends.remove(key);
            observer.run();
        }
    }

    @Override
    public void forEachSourceRange(Consumer<SourceRangeKey> reader) {
        Set.copyOf(sourceRanges).forEach(reader);
    }

    @Override
    public void putSourceRanges(Collection<SourceRangeKey> ranges) {
        for (SourceRangeKey range : ranges) {
            require(extents.containsKey(range.service()), "client range before its extent: " + range);
            write("put " + range);
            sourceRanges.add(range);
            observer.run();
        }
    }

    @Override
    public void removeSourceRanges(Collection<SourceRangeKey> ranges) {
        for (SourceRangeKey range : ranges) {
            write("remove " + range);
            sourceRanges.remove(range);
            observer.run();
        }
    }

    @Override
    public void forEachClusterAddress(BiConsumer<AddressKey, Integer> reader) {
        Map.copyOf(clusterAddresses).forEach(reader);
    }

    @Override
    public void putClusterAddresses(Map<AddressKey, Integer> addresses) {
        addresses.forEach((key, value) -> {
            write("put " + key);
            clusterAddresses.put(key, value);
            observer.run();
        });
    }

    @Override
    public void removeClusterAddresses(Collection<AddressKey> addresses) {
        for (AddressKey key : addresses) {
            write("remove " + key);
            clusterAddresses.remove(key);
            observer.run();
        }
    }

    @Override
    public void clusterRanges(List<AddressRange> wanted) {
        if (!wanted.equals(ranges)) {
            writes++;
            ranges = wanted;
            observer.run();
        }
    }

    @Override
    public int[] publishedServices() {
        return extents.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public Optional<Extent> extent(int service) {
        return Optional.ofNullable(extents.get(service));
    }

    @Override
    public int reserveService() {
        write("reserve");
        while (!services.add(nextService)) {
            nextService++;
        }
        return nextService;
    }

    @Override
    public void claimService(int service) {
        services.add(service);
    }

    @Override
    public void publish(Extent extent) {
        require(services.contains(extent.service()), "extent at an index that is not in use");
        Set<Integer> ids = extent.backends().stream().map(Backend::id).collect(Collectors.toSet());
        require(ids.size() == extent.backends().size(), "one id twice: " + extent);
        require(backends.containsAll(ids), "extent before its backend ids: " + extent);
        write("publish " + extent.service());
        extents.put(extent.service(), extent);
        observer.run();
    }

    @Override
    public void withdraw(int service) {
        require(services.contains(service), "index not in use");
        require(frontends.values().stream().noneMatch(f -> f.service() == service), "a frontend leads to it");
        require(sourceRanges.stream().noneMatch(range -> range.service() == service), "it has client ranges");
        writes++;
        services.remove(service);
        extents.remove(service);
        observer.run();
    }

    @Override
    public boolean isPublished(int id) {
        return backends.contains(id);
    }

    /// No other writer can be told from this one in memory; tests on the kernel's tables do.
    @Override
    public Map<Integer, String> changedServices() {
        return new TreeMap<>();
    }

    @Override
    public void restoreService(int service) {
        throw new AssertionError("nothing was changed");
    }

    @Override
    public void restoreBackend(int id) {
        write("restore backend " + id);
        backends.add(id);
        observer.run();
    }

    @Override
    public List<Integer> strayBackends() {
        return List.of();
    }

    @Override
    public void removeStrayBackend(int id) {
        throw new AssertionError("nothing is stray");
    }

    @Override
    public int publishBackend() {
        write("backend");
        backends.add(nextBackend);
        observer.run();
        return nextBackend++;
    }

    @Override
    public void withdrawBackend(int id) {
        require(backends.contains(id), "id " + id + " is not published");
        List<Integer> reachable =
                frontends.values().stream().map(Frontend::service).distinct().toList();
        boolean used = reachable.stream()
                .flatMap(service -> extent(service).stream())
                .anyMatch(extent -> extent.backends().stream().anyMatch(backend -> backend.id() == id));
        require(!used, "id " + id + " is still given to connections");
        writes++;
        backends.remove(id);
        observer.run();
    }

    @Override
    public void makeRoom(TableDemand demand) {
        rooms++;
    }

    private void write(String what) {
        writes++;
        if (failure.test(what)) {
            throw new TableWriteException(what + ": injected");
        }
    }

    private static void require(boolean condition, String violation) {
        if (!condition) {
            throw new AssertionError(violation);
        }
    }
}
