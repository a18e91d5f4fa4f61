// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.CgroupAttachment;
import io.culvert.loader.CgroupHook;
import io.culvert.loader.PinDirectory;
import io.culvert.loader.TestRun;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.Control;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.Protocol;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What an agent with an earlier layout leaves in the kernel. It had the members of frontends, flows and affinity in
/// another order, counted packets in 32 bits, and knew no masquerade.
final class EarlierAgent implements AutoCloseable {

    static final Map<String, String> LAYOUT = Map.of(
            "(struct frontend \\{)\\s+(__u32 service;[^\n]*)(\\s+)(__u32 flags;[^\n]*)", "$1$3$4$3$2",
            "(__u32 backend_id;)(\\s+)(__u32 offset;[^\n]*)", "$3$2$1",
            "(__u64 packets;[^\n]*)(\\s+)(__u64 bytes;[^\n]*)(\\s+)(__u64 created;[^\n]*)",
                    "$5$2__u32 packets; __u32 lost;$2$3");

    private final List<BpfObject> objects = new ArrayList<>();
    private final Map<String, BpfMap> maps = new HashMap<>();
    final ServiceTables tables;

    EarlierAgent(Path bpffs, Path sources) {
        ChangedSources.compile(sources, LAYOUT, List.of("pod", "sock_lb")).forEach(this::load);
        tables = new ServiceTables(this::map);
        PinDirectory.open(bpffs);
        tables.put(Tables.CONTROL, 0, Control.EMPTY.withLayoutVersion(Control.OLDEST_CONVERTIBLE_LAYOUT));
        PodPrograms.markTestDevice(tables);
        Tables.ALL.stream()
                .map(Table::name)
                .filter(maps::containsKey)
                .forEach(name -> map(name).pin(bpffs.resolve("maps").resolve(name)));
    }

    private void load(String name, byte[] elf) {
        BpfObject object = BpfObject.open(name, elf);
        objects.add(object);
        object.mapNames().stream().filter(maps::containsKey).forEach(map -> object.reuse(map, map(map)));
        object.load();
        object.mapNames().stream()
                .filter(map -> Tables.named(map).isPresent())
                .forEach(map -> maps.putIfAbsent(map, object.map(map)));
    }

    /// Attaches two of the socket programs, and pins them.
    void attachSockets(Path bpffs, Path cgroup) throws IOException {
        long inode = (long) Files.getAttribute(cgroup, "unix:ino");
        for (CgroupHook hook : List.of(CgroupHook.GETPEERNAME4, CgroupHook.CONNECT4)) {
            LinkName name = LinkName.socket(inode, hook);
            try (var attachment = CgroupAttachment.attach(object("sock_lb").program(name.program()), cgroup, hook)) {
                attachment.pin(PinDirectory.open(bpffs).link(name.toString()));
            }
        }
    }

    /// A Service as this agent wrote it.
    TestService service(Protocol protocol, String address, int port, String... backends) {
        TestService service = tables.service(protocol, address, port, backends);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(Tables.FRONTENDS.key().size(), Long.BYTES);
            Tables.FRONTENDS.key().write(key, 0, service.key());
            MemorySegment value = arena.allocate(2 * Integer.BYTES);
            value.set(ValueLayout.JAVA_INT, Integer.BYTES, service.index());
            map(Tables.FRONTENDS.name()).update(key, value, UpdateMode.ANY);
        }
        return service;
    }

    private BpfMap map(String name) {
        return Objects.requireNonNull(maps.get(name), name);
    }

    /// A packet that a pod sends.
    TestRun ingress(byte[] packet) {
        return object("pod").program("pod_ingress").testRun(packet, 1);
    }

    private BpfObject object(String name) {
        return objects.stream()
                .filter(object -> object.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        tables.close();
        objects.forEach(BpfObject::close);
    }
}
