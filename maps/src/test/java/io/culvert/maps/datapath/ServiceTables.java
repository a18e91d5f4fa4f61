// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.Algorithm;
import io.culvert.maps.ArrayMemory;
import io.culvert.maps.Backend;
import io.culvert.maps.BackendIds;
import io.culvert.maps.BackendLoads;
import io.culvert.maps.Control;
import io.culvert.maps.DropReason;
import io.culvert.maps.Extent;
import io.culvert.maps.ExtentStore;
import io.culvert.maps.ExtentTables;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Growth;
import io.culvert.maps.IpPort;
import io.culvert.maps.PacketCount;
import io.culvert.maps.Quarantine;
import io.culvert.maps.SelectionTable;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Services in the maps of programs under test, published as the agent does it.
final class ServiceTables implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final Function<String, BpfMap> maps;
    private final ExtentStore extents;
    private final BackendIds ids;

    /// @param index into `services`
    record TestService(FrontendKey key, int index, List<Backend> backends) {

        int id() {
            return backends.getFirst().id();
        }
    }

    ServiceTables(Function<String, BpfMap> maps) {
        this.maps = maps;
        this.extents =
                new ExtentStore(memory(Tables.SERVICES), memory(Tables.SLOTS), Quarantine.STANDARD, Growth.NEVER);
        this.ids = new BackendIds(memory(Tables.BACKENDS), Quarantine.STANDARD, Growth.NEVER);
    }

    /// A Service whose cluster set is these backends, and whose local set is empty.
    ///
    /// @param backends for example `10.1.0.2:8080` or `[fd00::2]:8080`
    TestService service(Protocol protocol, String address, int port, String... backends) {
        return add(new FrontendKey(IpAddress.of(address), port, protocol), false, false, backends);
    }

    /// A frontend that chooses from the local set, which is empty.
    ///
    /// @param elsewhere whether other nodes have endpoints
    TestService serviceWithoutLocalEndpoints(
            Protocol protocol, String address, int port, boolean elsewhere, String... backends) {
        return add(new FrontendKey(IpAddress.of(address), port, protocol), true, elsewhere, backends);
    }

    /// A Service with session affinity, whose cluster set is these backends, and whose local set is empty.
    ///
    /// @param seconds for which a client is remembered
    TestService serviceWithAffinity(Protocol protocol, String address, int port, int seconds, String... backends) {
        TestService service = service(protocol, address, port, backends);
        publish(service, 0, 0, backends.length, seconds);
        return service;
    }

    /// Publishes the backends that a Service has for an algorithm; all are in both sets.
    void choose(TestService service, Algorithm algorithm, SelectionTable table) {
        int count = service.backends().size();
        extents.publish(new Extent(
                service.index(),
                0,
                count,
                0,
                count,
                0,
                algorithm,
                false,
                false,
                service.backends(),
                Optional.of(new ExtentTables(table, table))));
    }

    /// The same Service with weights.
    TestService weighted(TestService service, int... weights) {
        List<Backend> backends = new ArrayList<>();
        for (Backend backend : service.backends()) {
            backends.add(new Backend(
                    backend.address(),
                    backend.port(),
                    weights[backends.size() % weights.length],
                    backend.id(),
                    0,
                    true,
                    false));
        }
        return new TestService(service.key(), service.index(), backends);
    }

    /// The counts of open connections.
    BackendLoads loads() {
        ArrayMemory memory = memory(Tables.BACKEND_LOADS);
        return new BackendLoads(() -> memory);
    }

    /// Another frontend of a Service.
    FrontendKey alsoAt(TestService service, FrontendType type, String address, int port, FrontendFlag... flags) {
        FrontendKey key =
                new FrontendKey(IpAddress.of(address), port, service.key().protocol());
        put(Tables.FRONTENDS, key, new Frontend(service.index(), type, Set.of(flags)));
        return key;
    }

    /// Publishes the backends that a Service has with other sets.
    ///
    /// @param local number of backends in the local set
    /// @param first of the cluster set
    /// @param cluster number of backends in the cluster set
    /// @param affinity seconds; 0: none
    void publish(TestService service, int local, int first, int cluster, int affinity) {
        extents.publish(new Extent(
                service.index(),
                0,
                local,
                first,
                cluster,
                affinity,
                Algorithm.RANDOM,
                local == 0,
                false,
                service.backends()));
    }

    /// A Service with endpoints here and elsewhere: its local set are the former, its cluster set both.
    TestService service(
            FrontendKey key, FrontendType type, Set<FrontendFlag> flags, List<String> local, List<String> remote) {
        List<Backend> backends = Stream.concat(
                        local.stream().map(end -> backend(end, true)),
                        remote.stream().map(end -> backend(end, false)))
                .toList();
        TestService service = new TestService(key, extents.reserve(), backends);
        publish(service, local.size(), local.isEmpty() && !remote.isEmpty(), false);
        put(Tables.FRONTENDS, key, new Frontend(service.index(), type, flags));
        return service;
    }

    /// From now on, connections that this Service begins are reset when their backend is removed.
    void resetRemoved(TestService service) {
        publish(service, service.backends().size(), false, true);
    }

    private TestService add(FrontendKey key, boolean local, boolean elsewhere, String... backends) {
        TestService service = new TestService(
                key,
                extents.reserve(),
                Arrays.stream(backends).map(this::backend).toList());
        publish(service, elsewhere);
        put(Tables.FRONTENDS, key, Frontend.clusterIp(service.index(), local));
        return service;
    }

    /// Replaces the backends of a Service; the ids of those that are gone are released.
    TestService change(TestService service, String... backends) {
        TestService changed = new TestService(
                service.key(),
                service.index(),
                Arrays.stream(backends).map(this::backend).toList());
        publish(changed, false);
        service.backends().forEach(backend -> ids.release(backend.id()));
        return changed;
    }

    private void publish(TestService service, boolean elsewhere) {
        publish(service, 0, elsewhere, false);
    }

    private void publish(TestService service, int local, boolean elsewhere, boolean reset) {
        int count = service.backends().size();
        extents.publish(new Extent(
                service.index(),
                0,
                local,
                0,
                count,
                0,
                Algorithm.RANDOM,
                elsewhere,
                reset,
                new ArrayList<>(service.backends())));
    }

    void withdraw(TestService service) {
        extents.withdraw(service.index());
    }

    private Backend backend(String text) {
        return backend(text, true);
    }

    private Backend backend(String text, boolean local) {
        IpPort end = end(text);
        return new Backend(end.address(), end.port(), 1, ids.allocate(), 0, local, false);
    }

    static IpPort end(String text) {
        int colon = text.lastIndexOf(':');
        String address = text.substring(0, colon).replace("[", "").replace("]", "");
        return new IpPort(IpAddress.of(address), Integer.parseInt(text.substring(colon + 1)));
    }

    static IpPrefix prefix(String text) {
        return IpPrefix.parse(text).orElseThrow();
    }

    void setOptedOut(int cgroups) {
        put(Tables.CONTROL, 0, Control.EMPTY.withOptedOut(cgroups));
    }

    <K, V> void put(Table<K, V> table, K key, V value) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment keyBytes = scratch.allocate(table.key().size(), 8);
            MemorySegment valueBytes = scratch.allocate(table.value().size(), 8);
            table.key().write(keyBytes, 0, key);
            table.value().write(valueBytes, 0, value);
            maps.apply(table.name()).update(keyBytes, valueBytes, UpdateMode.ANY);
        }
    }

    <K, V> Optional<V> get(Table<K, V> table, K key) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment keyBytes = scratch.allocate(table.key().size(), 8);
            MemorySegment valueBytes = scratch.allocate(table.value().size(), 8);
            table.key().write(keyBytes, 0, key);
            return maps.apply(table.name()).lookup(keyBytes, valueBytes)
                    ? Optional.of(table.value().read(valueBytes, 0))
                    : Optional.empty();
        }
    }

    <K> boolean remove(Table<K, ?> table, K key) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment keyBytes = scratch.allocate(table.key().size(), 8);
            table.key().write(keyBytes, 0, key);
            return maps.apply(table.name()).delete(keyBytes);
        }
    }

    /// Forgets frontends, flows, affinity and drops; what was published stays and is not reachable.
    void clear() {
        for (Table<?, ?> table : List.of(Tables.FRONTENDS, Tables.FLOWS, Tables.AFFINITY)) {
            BpfMap map = maps.apply(table.name());
            try (Arena scratch = Arena.ofConfined()) {
                MemorySegment key = scratch.allocate(table.key().size(), 8);
                while (map.nextKey(MemorySegment.NULL, key)) {
                    map.delete(key);
                }
            }
        }
        BpfMap drops = maps.apply(Tables.DROPS.name());
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment key = scratch.allocate(4, 8);
            MemorySegment zeros = scratch.allocate(drops.info().valueBytes(), 8);
            for (DropReason reason : DropReason.values()) {
                Tables.DROPS.key().write(key, 0, reason.number());
                drops.update(key, zeros, UpdateMode.ANY);
            }
        }
    }

    /// Packets dropped for a reason, on all CPUs.
    long drops(DropReason reason) {
        BpfMap map = maps.apply(Tables.DROPS.name());
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment key = scratch.allocate(4, 8);
            Tables.DROPS.key().write(key, 0, reason.number());
            MemorySegment values = scratch.allocate(map.info().valueBytes(), 8);
            map.lookup(key, values);
            long packets = 0;
            for (long offset = 0; offset < values.byteSize(); offset += PacketCount.CODEC.size()) {
                packets += PacketCount.CODEC.read(values, offset).packets();
            }
            return packets;
        }
    }

    /// What all CPUs counted in one entry.
    long sum(Table<Integer, Long> table, int index) {
        BpfMap map = maps.apply(table.name());
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment key = scratch.allocate(4, 8);
            table.key().write(key, 0, index);
            MemorySegment values = scratch.allocate(map.info().valueBytes(), 8);
            map.lookup(key, values);
            long sum = 0;
            for (long offset = 0; offset < values.byteSize(); offset += Long.BYTES) {
                sum += table.value().read(values, offset);
            }
            return sum;
        }
    }

    /// How many entries a hash has.
    int count(Table<?, ?> table) {
        return values(table).size();
    }

    /// What a hash has.
    <V> List<V> values(Table<?, V> table) {
        List<V> values = new ArrayList<>();
        maps.apply(table.name())
                .batches()
                .forEach((_, value) -> values.add(table.value().read(value, 0)));
        return values;
    }

    private ArrayMemory memory(Table<Integer, ?> table) {
        return ArrayMemory.of(table.name(), maps.apply(table.name()), arena);
    }

    @Override
    public void close() {
        arena.close();
    }
}
