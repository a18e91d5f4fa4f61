// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.BpfProgram;
import io.culvert.loader.XdpAttachment;
import io.culvert.loader.XdpMode;
import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Device;
import io.culvert.maps.DeviceKey;
import io.culvert.maps.Extent;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowRole;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ObjectSource;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.selection.Selection;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The programs on packets with Services of ten backends on other nodes each, in the namespace of a [PacketSite].
final class PacketWorld implements Closeable {

    private static final int BACKENDS = 10;
    private static final IpAddress NO_ADDRESS = IpAddress.UNSPECIFIED;
    private static final List<String> OBJECTS = List.of("pod", "net", "xdp");

    private final List<BpfObject> objects = new ArrayList<>();
    private final Map<String, BpfMap> maps = new HashMap<>();
    private final BenchTables tables;
    private final List<XdpAttachment> attached = new ArrayList<>();
    private final int services;

    /// @param root of the checkout
    PacketWorld(Path root, int services) throws Exception {
        this.services = services;
        try {
            for (String name : OBJECTS) {
                open(name, ObjectSource.builtIn().object(name));
            }
            open("xdp_parts", BenchProgram.compile(root, "xdp_parts"));
            attach("xdp_lb", PacketSite.DEVICE);
            for (int i = 0; i < PacketCostBenchmark.PARTS.size(); i++) {
                attach(PacketCostBenchmark.PARTS.get(i), PacketSite.OTHER_DEVICE + i);
            }
        } catch (Exception e) {
            attached.forEach(XdpAttachment::detach);
            objects.forEach(BpfObject::close);
            throw e;
        }
        tables = new BenchTables(name -> Objects.requireNonNull(maps.get(name), name));
        tables.put(Tables.XDP_DEVICES, new DeviceKey(PacketSite.DEVICE), PacketSite.MAC);
        tables.put(Tables.XDP_TARGETS, PacketSite.DEVICE, PacketSite.DEVICE);
        tables.put(Tables.DEVICES, new DeviceKey(PacketCostBenchmark.POD), new Device(NO_ADDRESS, NO_ADDRESS, true));
        // Connections are looked for where there may be some: as on a node that has served for a while.
        BpfMap marks = Objects.requireNonNull(maps.get(Tables.FLOW_MARKS.name()));
        for (int index = 0; index < marks.info().maxEntries(); index++) {
            tables.put(Tables.FLOW_MARKS, index, 1);
        }
        for (int i = 0; i < services; i++) {
            publish(i, true);
            publish(i, false);
        }
    }

    /// The kernel rewrites code of its own around each test run of a program that is attached nowhere, which takes
    /// long.
    private void attach(String program, int device) {
        attached.add(XdpAttachment.attach(program(program), device, XdpMode.NATIVE));
    }

    private void open(String name, byte[] elf) {
        BpfObject object = BpfObject.open(name, elf);
        objects.add(object);
        for (String map : object.mapNames()) {
            Optional.ofNullable(maps.get(map)).ifPresent(shared -> object.reuse(map, shared));
        }
        if (maps.isEmpty()) {
            object.maxEntries(Tables.FRONTENDS.name(), 1 << 16)
                    .maxEntries(Tables.SERVICES.name(), 1 << 15)
                    .maxEntries(Tables.SLOTS.name(), 1 << 19)
                    .maxEntries(Tables.BACKENDS.name(), 1 << 18);
        }
        if (OBJECTS.contains(name)) {
            object.configure("config_node_ipv4", IpAddress.of(PacketSite.NODE4).toBytes())
                    .configure(
                            "config_node_ipv6", IpAddress.of(PacketSite.NODE6).toBytes());
        }
        object.load();
        object.mapNames().forEach(map -> maps.putIfAbsent(map, object.map(map)));
    }

    BpfProgram program(String name) {
        return objects.stream()
                .filter(object -> object.programNames().contains(name))
                .findFirst()
                .orElseThrow()
                .program(name);
    }

    /// The Service in the middle is by Maglev, others by chance.
    private void publish(int number, boolean v4) {
        int service = tables.extents().reserve();
        List<Backend> backends = new ArrayList<>();
        for (int i = 0; i < BACKENDS; i++) {
            IpAddress address = v4
                    ? IpAddress.ofV4(0x0a020000 + number * BACKENDS + i)
                    : IpAddress.of("fd00:2::%x:%x".formatted(number, i));
            backends.add(new Backend(address, 8080, 1, tables.ids().allocate(), 0, false, false));
        }
        Algorithm algorithm = number == services / 2 ? Algorithm.MAGLEV : Algorithm.RANDOM;
        Extent extent = new Extent(service, 0, 0, 0, BACKENDS, 0, algorithm, false, false, backends);
        tables.extents().publish(extent.withTables(Selection.tables(algorithm, extent.cluster(), extent.local())));
        tables.put(
                Tables.FRONTENDS,
                new FrontendKey(BenchService.clusterIp(v4, number), BenchService.PORT, Protocol.TCP),
                Frontend.clusterIp(service, false));
        tables.put(
                Tables.FRONTENDS,
                new FrontendKey(external(v4, number), BenchService.PORT, Protocol.TCP),
                new Frontend(service, FrontendType.LOAD_BALANCER, Set.of()));
    }

    private static IpAddress external(boolean v4, int number) {
        return v4
                ? IpAddress.ofV4(0xcb710000 + number)
                : IpAddress.of("2001:db8:cccc::" + Integer.toHexString(number + 1));
    }

    /// Of the Service in the middle.
    IpAddress clusterIp(boolean v4) {
        return BenchService.clusterIp(v4, services / 2);
    }

    IpAddress external(boolean v4) {
        return external(v4, services / 2);
    }

    /// An entry of a connection that is established.
    void put(FlowRole role, IpPort client, IpPort service, IpPort backend, IpPort masquerade) {
        long now = System.nanoTime();
        boolean masqueraded = masquerade.port() != 0;
        int state = FlowFlag.ANSWERED.bit() | FlowFlag.SYN.bit() | (masqueraded ? FlowFlag.MASQUERADED.bit() : 0);
        Flow flow = new Flow(
                Protocol.TCP, role, client, service, backend, client, masquerade, 1, 1, now, now, 0, 0, state, 0);
        tables.put(Tables.FLOWS, flow.key(), flow);
    }

    @Override
    public void close() {
        attached.forEach(XdpAttachment::detach);
        tables.close();
        objects.forEach(BpfObject::close);
    }
}
