// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.BpfProgram;
import io.culvert.loader.ProgramRunner;
import io.culvert.loader.UpdateMode;
import io.culvert.loader.XdpAttachment;
import io.culvert.loader.XdpMode;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.ArrayMemory;
import io.culvert.maps.BackendIds;
import io.culvert.maps.DeviceKey;
import io.culvert.maps.DropReason;
import io.culvert.maps.ExtentStore;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowKey;
import io.culvert.maps.Growth;
import io.culvert.maps.OpenedRing;
import io.culvert.maps.PacketCount;
import io.culvert.maps.Quarantine;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The programs of packets in the kernel, with maps of their own. For one thread.
final class Kernel implements Choices, AutoCloseable {

    private static final int FLOWS = 1024;
    private static final int SCRATCH = 1024;
    private static final long BEFORE = 1_000_000_000_000L;

    /// Nothing runs while a map is written: what is released may be used again at once.
    private static final Quarantine NONE = new Quarantine(System::nanoTime, 0);

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment keyBytes = arena.allocate(SCRATCH, 8);
    private final MemorySegment valueBytes = arena.allocate(SCRATCH, 8);
    private final ProgramRunner runner = new ProgramRunner();
    private final BpfObject pod = BpfObject.open("pod", elf("pod"));
    private final BpfObject net = BpfObject.open("net", elf("net"));
    private final BpfObject xdp = BpfObject.open("xdp", elf("xdp"));
    private final List<XdpAttachment> attached = new ArrayList<>();
    private final Map<Hook, BpfProgram> programs = new EnumMap<>(Hook.class);
    private final Map<String, BpfMap> maps = new HashMap<>();
    final ExtentStore extents;
    final BackendIds ids;

    Kernel(Settings settings) {
        settings.configure(pod)
                .maxEntries("flows", FLOWS)
                .maxEntries("affinity", FLOWS)
                .load();
        for (String map : pod.mapNames()) {
            maps.put(map, pod.map(map));
        }
        for (BpfObject object : List.of(net, xdp)) {
            for (String map : object.mapNames()) {
                Optional.ofNullable(maps.get(map)).ifPresent(shared -> object.reuse(map, shared));
            }
            settings.configure(object).load();
        }
        attachXdp();
        for (Hook hook : Hook.values()) {
            programs.put(hook, (hook.isPod() ? pod : net).program(hook.program()));
        }
        extents = new ExtentStore(memory(Tables.SERVICES), memory(Tables.SLOTS), NONE, Growth.NEVER);
        ids = new BackendIds(memory(Tables.BACKENDS), NONE, Growth.NEVER);
    }

    private void attachXdp() {
        maps.put(Tables.XDP_DEVICES.name(), xdp.map(Tables.XDP_DEVICES.name()));
        maps.put(Tables.XDP_TARGETS.name(), xdp.map(Tables.XDP_TARGETS.name()));
        for (int device : new int[] {Site.OUTER, Site.INNER}) {
            attached.add(XdpAttachment.attach(xdp.program("xdp_lb"), device, XdpMode.NATIVE));
            put(Tables.XDP_DEVICES, new DeviceKey(device), new MacAddress(0x020000000002L).bits());
            put(Tables.XDP_TARGETS, device, device);
        }
    }

    private static byte[] elf(String name) {
        try (InputStream stream = Kernel.class.getResourceAsStream("/io/culvert/bpf/" + name + ".o")) {
            return Objects.requireNonNull(stream, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ArrayMemory memory(Table<Integer, ?> table) {
        return ArrayMemory.of(table.name(), map(table), arena);
    }

    private BpfMap map(Table<?, ?> table) {
        return Objects.requireNonNull(maps.get(table.name()), table.name());
    }

    /// @return the verdict
    int run(Frame frame) {
        BpfProgram program = Objects.requireNonNull(programs.get(frame.hook()));
        return runner.run(program, frame.bytes(), frame.device(), frame.cameFrom());
    }

    BpfProgram program(String name) {
        return name.equals("xdp_lb") ? xdp.program(name) : net.program(name);
    }

    void forgetFlows() {
        flows().keySet().forEach(key -> remove(Tables.FLOWS, key));
    }

    /// Before the stack: an `XDP_*` number.
    int runXdp(Frame frame) {
        return runner.runXdp(xdp.program("xdp_lb"), frame.bytes(), frame.device());
    }

    /// What the last run made of its packet.
    byte[] packet() {
        return runner.packet();
    }

    <K, V> void put(Table<K, V> table, K key, V value) {
        table.key().write(keyBytes, 0, key);
        table.value().write(valueBytes, 0, value);
        map(table).update(keyBytes, valueBytes, UpdateMode.ANY);
    }

    <K> void remove(Table<K, ?> table, K key) {
        table.key().write(keyBytes, 0, key);
        boolean _ = map(table).delete(keyBytes);
    }

    private <K, V> Optional<V> get(Table<K, V> table, K key) {
        table.key().write(keyBytes, 0, key);
        return map(table).lookup(keyBytes, valueBytes)
                ? Optional.of(table.value().read(valueBytes, 0))
                : Optional.empty();
    }

    @Override
    public Optional<Flow> flow(FlowKey key) {
        return get(Tables.FLOWS, key);
    }

    @Override
    public Optional<Affinity> affinity(AffinityKey key) {
        return get(Tables.AFFINITY, key);
    }

    @Override
    public long backdate(FlowKey key) {
        Flow flow = flow(key).orElseThrow(() -> new Disagreement("what is left of a connection is gone: " + key));
        long created = flow.created() - BEFORE;
        put(Tables.FLOWS, key, at(flow, created, flow.lastSeen()));
        return created;
    }

    /// An entry with other times.
    static Flow at(Flow flow, long created, long lastSeen) {
        return new Flow(
                flow.protocol(),
                flow.role(),
                flow.client(),
                flow.service(),
                flow.backend(),
                flow.source(),
                flow.masquerade(),
                flow.serviceIndex(),
                flow.backendId(),
                created,
                lastSeen,
                flow.packets(),
                flow.bytes(),
                flow.state(),
                flow.begins());
    }

    Map<FlowKey, Flow> flows() {
        Map<FlowKey, Flow> found = new HashMap<>();
        map(Tables.FLOWS)
                .batches()
                .forEach((key, value) -> found.put(FlowKey.CODEC.read(key, 0), Flow.CODEC.read(value, 0)));
        return found;
    }

    /// Connections that were looked at for eviction tell whether the table was ever full, or got no memory.
    OpenedRing opened() {
        return get(Tables.OPENED_RING, 0).orElseThrow();
    }

    PacketCount drops(DropReason reason) {
        BpfMap drops = map(Tables.DROPS);
        Tables.DROPS.key().write(keyBytes, 0, reason.number());
        boolean _ = drops.lookup(keyBytes, valueBytes);
        PacketCount sum = PacketCount.ZERO;
        for (long at = 0; at < drops.info().valueBytes(); at += PacketCount.CODEC.size()) {
            sum = sum.plus(PacketCount.CODEC.read(valueBytes, at));
        }
        return sum;
    }

    @Override
    public void close() {
        attached.forEach(XdpAttachment::close);
        xdp.close();
        runner.close();
        arena.close();
        net.close();
        pod.close();
    }
}
