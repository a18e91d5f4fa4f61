// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.BpfMap;
import io.culvert.maps.event.EventTables;
import io.culvert.maps.layout.Codec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The maps of one node by name.
///
/// The same catalogue serves the agent, which writes, and the command line, which opens the pins of a node and only
/// reads.
public final class MapCatalogue implements AutoCloseable {

    private final Map<String, BpfHashMap<?, ?>> hashes = new LinkedHashMap<>();
    private final Map<String, MappedArray<?>> arrays = new LinkedHashMap<>();
    private final Map<String, PerCpuArray<?>> perCpuArrays = new LinkedHashMap<>();
    private final Map<String, BpfMap> others = new LinkedHashMap<>();

    /// Takes over the maps and closes them in the end. Those that no [Table] describes are left alone.
    ///
    /// @param maps by name
    /// @param growth called when a growable map is full
    public MapCatalogue(Map<String, BpfMap> maps, Growth growth) {
        for (Table<?, ?> table : Tables.ALL) {
            BpfMap map = maps.get(table.name());
            if (map != null) {
                add(table, map, table.growable() ? growth : Growth.NEVER);
            }
        }
    }

    private <K, V> void add(Table<K, V> table, BpfMap map, Growth growth) {
        String name = table.name();
        Codec<V> value = table.value();
        switch (table.kind()) {
            case HASH -> hashes.put(name, new BpfHashMap<>(name, table.key(), value, map, growth));
            case MAPPED_ARRAY -> arrays.put(name, new MappedArray<>(name, value, map));
            case PER_CPU_ARRAY -> perCpuArrays.put(name, new PerCpuArray<>(value, map));
            case SOCKET_STORAGE, PROGRAMS, DEVICES, RING -> others.put(name, map);
        }
    }

    public BpfHashMap<FrontendKey, Frontend> frontends() {
        return hash(Tables.FRONTENDS);
    }

    public BpfHashMap<FlowKey, Flow> flows() {
        return hash(Tables.FLOWS);
    }

    /// Keys of the connections that were opened last, in places that [#openedRing] tells.
    public MappedArray<FlowKey> opened() {
        return array(Tables.OPENED);
    }

    /// What became of the connections that were opened.
    public OpenedRing openedRing() {
        return array(Tables.OPENED_RING).get(0);
    }

    public BpfHashMap<SockOverflowKey, SockPeer> sockOverflow() {
        return hash(Tables.SOCK_OVERFLOW);
    }

    public BpfHashMap<CgroupKey, Integer> optedOut() {
        return hash(Tables.OPTED_OUT);
    }

    public MappedArray<Control> control() {
        return array(Tables.CONTROL);
    }

    public MappedArray<ServiceWord> services() {
        return array(Tables.SERVICES);
    }

    public MappedArray<Slot> slots() {
        return array(Tables.SLOTS);
    }

    public MappedArray<PublishedBackend> backends() {
        return array(Tables.BACKENDS);
    }

    public MappedArray<BackendLoad> backendLoads() {
        return array(Tables.BACKEND_LOADS);
    }

    public BpfHashMap<AddressKey, Integer> nodeAddresses() {
        return hash(Tables.NODE_ADDRESSES);
    }

    public BpfHashMap<AddressKey, Integer> clusterAddresses() {
        return hash(Tables.CLUSTER_ADDRESSES);
    }

    public BpfHashMap<DeviceKey, Device> devices() {
        return hash(Tables.DEVICES);
    }

    /// The table of devices with a program before the stack.
    public BpfHashMap<DeviceKey, Long> xdpDevices() {
        return hash(Tables.XDP_DEVICES);
    }

    /// Where packets for pods of this node may be handed over.
    public BpfHashMap<AddressKey, LocalPod> localPods() {
        return hash(Tables.LOCAL_PODS);
    }

    public BpfHashMap<SourceRangeKey, Integer> sourceRanges() {
        return hash(Tables.SOURCE_RANGES);
    }

    public BpfHashMap<AffinityKey, Affinity> affinity() {
        return hash(Tables.AFFINITY);
    }

    public BpfHashMap<FragmentKey, Fragment> fragments() {
        return hash(Tables.FRAGMENTS);
    }

    /// The maps of policies.
    public PolicyTables policies() {
        return new PolicyTables(this);
    }

    /// The maps of events.
    public EventTables events() {
        return new EventTables(
                present(Tables.EVENTS, others.get(Tables.EVENTS.name())),
                array(Tables.EVENT_CONTROL),
                perCpuArray(Tables.EVENT_LOSSES));
    }

    public PerCpuArray<PacketCount> drops() {
        return perCpuArray(Tables.DROPS);
    }

    /// How many ports were taken when a source port was looked for: see [Tables#PROBES].
    public PerCpuArray<Long> sourcePortProbes() {
        return perCpuArray(Tables.PROBES);
    }

    /// Reads published extents.
    public ExtentReader extents() {
        return new ExtentReader(services().memory(), slots().memory());
    }

    /// Every map that is there, in the order of [Tables#ALL].
    public List<MapSummary> list() {
        return new MapTexts(this).list();
    }

    /// All entries of a map as text, in a stable order; empty if there is no such map.
    public Optional<List<MapEntry>> dump(String name) {
        return Tables.named(name).filter(table -> map(table).isPresent()).map(new MapTexts(this)::dump);
    }

    /// How many entries a hash has, which costs a pass through it; empty for other kinds and for what is not there.
    public OptionalInt count(Table<?, ?> table) {
        BpfHashMap<?, ?> hash = hashes.get(table.name());
        return hash == null ? OptionalInt.empty() : OptionalInt.of(hash.count());
    }

    /// The map behind a table, which this catalogue closes; empty if it is not there.
    public Optional<BpfMap> map(Table<?, ?> table) {
        String name = table.name();
        return switch (table.kind()) {
            case HASH -> Optional.ofNullable(hashes.get(name)).map(BpfHashMap::map);
            case MAPPED_ARRAY -> Optional.ofNullable(arrays.get(name)).map(MappedArray::map);
            case PER_CPU_ARRAY -> Optional.ofNullable(perCpuArrays.get(name)).map(PerCpuArray::map);
            case SOCKET_STORAGE, PROGRAMS, DEVICES, RING -> Optional.ofNullable(others.get(name));
        };
    }

    /// Goes on with a larger map that holds the same as the one of that name; part of growth.
    public void replace(String name, BpfMap larger) {
        BpfHashMap<?, ?> hash = hashes.get(name);
        if (hash != null) {
            hash.replace(larger);
            return;
        }
        Optional.ofNullable(arrays.get(name))
                .orElseThrow(() -> new IllegalArgumentException("map " + name + " does not grow"))
                .replace(larger);
    }

    // The casts are safe: add() put under each table's name what the types of the table say.
    @SuppressWarnings("unchecked")
    <K, V> BpfHashMap<K, V> hash(Table<K, V> table) {
        return (BpfHashMap<K, V>) present(table, hashes.get(table.name()));
    }

    @SuppressWarnings("unchecked")
    <V> MappedArray<V> array(Table<Integer, V> table) {
        return (MappedArray<V>) present(table, arrays.get(table.name()));
    }

    @SuppressWarnings("unchecked")
    <V> PerCpuArray<V> perCpuArray(Table<Integer, V> table) {
        return (PerCpuArray<V>) present(table, perCpuArrays.get(table.name()));
    }

    private static <T> T present(Table<?, ?> table, @Nullable T map) {
        if (map == null) {
            throw new IllegalStateException("map " + table.name() + " is not there");
        }
        return map;
    }

    @Override
    public void close() {
        hashes.values().forEach(BpfHashMap::close);
        arrays.values().forEach(MappedArray::close);
        perCpuArrays.values().forEach(PerCpuArray::close);
        others.values().forEach(BpfMap::close);
    }
}
