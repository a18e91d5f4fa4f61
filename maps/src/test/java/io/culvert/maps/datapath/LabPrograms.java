// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.CgroupAttachment;
import io.culvert.loader.CgroupHook;
import io.culvert.loader.UpdateMode;
import io.culvert.loader.XdpMode;
import io.culvert.loader.netlink.MacAddress;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.maps.AddressKey;
import io.culvert.maps.Device;
import io.culvert.maps.DeviceKey;
import io.culvert.maps.LocalPod;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import io.culvert.maps.layout.CTypes;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;

/// The programs on one node of a lab, sharing their maps: `sock_lb` on the cgroup of the node and its pods, `pod` on
/// the interfaces of its pods, `net` on its device.
final class LabPrograms implements AutoCloseable {

    private static final List<CgroupHook> HOOKS = List.of(
            CgroupHook.SOCK_RELEASE,
            CgroupHook.CONNECT4,
            CgroupHook.CONNECT6,
            CgroupHook.SENDMSG4,
            CgroupHook.SENDMSG6,
            CgroupHook.RECVMSG4,
            CgroupHook.RECVMSG6,
            CgroupHook.GETPEERNAME4,
            CgroupHook.GETPEERNAME6);

    final ServiceTables tables;
    private final BpfObject sockets;
    private final BpfObject packets;
    private final Path pins;
    private final List<CgroupAttachment> attachments = new ArrayList<>();
    private final List<Attached> attached = new ArrayList<>();
    private final List<BpfObject> others = new ArrayList<>();
    private boolean geneve;

    private record Attached(LabNode node, String device) {}

    private LabPrograms(BpfObject sockets, BpfObject packets, Path pins) {
        this.sockets = sockets;
        this.packets = packets;
        this.pins = pins;
        this.tables = new ServiceTables(sockets::map);
    }

    static LabPrograms load(LabNode node) {
        return load(node, settings -> settings);
    }

    /// @param settings of `sock_lb`, and sizes of all maps
    static LabPrograms load(LabNode node, UnaryOperator<BpfObject> settings) {
        BpfObject sockets = BpfObject.open("sock_lb", PodPrograms.elf("sock_lb"))
                .configure("config_node_ipv4", bytes(node.ip(IpFamily.IPV4)))
                .configure("config_node_ipv6", bytes(node.ip(IpFamily.IPV6)))
                .configure("config_host_netns", cookie(node));
        settings.apply(sockets).load();
        return new LabPrograms(sockets, open("pod", node, sockets), node.bpffs());
    }

    private static BpfObject open(String name, LabNode node, BpfObject sockets) {
        return opened(name, node, sockets).load();
    }

    private static BpfObject opened(String name, LabNode node, BpfObject sockets) {
        BpfObject object = BpfObject.open(name, PodPrograms.elf(name));
        List<String> shared = sockets.mapNames();
        for (Table<?, ?> table : Tables.ALL) {
            if (shared.contains(table.name()) && object.mapNames().contains(table.name())) {
                object.reuse(table.name(), sockets.map(table.name()));
            }
        }
        return object.configure("config_node_ipv4", bytes(node.ip(IpFamily.IPV4)))
                .configure("config_node_ipv6", bytes(node.ip(IpFamily.IPV6)))
                .configure(
                        "config_opened_entries",
                        sockets.map(Tables.OPENED.name()).info().maxEntries());
    }

    private static long cookie(LabNode node) {
        try {
            return NetworkNamespace.call(Path.of("/run/netns", node.netns()), NetworkNamespace::currentCookie);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(IpAddress ip) {
        return ByteBuffer.allocate(16).putLong(ip.high()).putLong(ip.low()).array();
    }

    /// One of the objects: those on sockets and pods share their maps.
    BpfObject object() {
        return sockets;
    }

    LabPrograms attachSockets(Path cgroup) {
        for (CgroupHook hook : HOOKS) {
            String program = "sock_" + hook.toString().toLowerCase(Locale.ROOT);
            attachments.add(CgroupAttachment.attach(sockets.program(program), cgroup, hook));
        }
        return this;
    }

    LabPrograms protectNodePorts(Path cgroup) {
        for (CgroupHook hook : List.of(CgroupHook.POST_BIND4, CgroupHook.POST_BIND6)) {
            attachments.add(CgroupAttachment.attach(sockets.program("sock_" + hook), cgroup, hook));
        }
        return this;
    }

    /// Connections of sockets are told when they end.
    LabPrograms tellEnds(Path cgroup) {
        attachments.add(CgroupAttachment.attach(sockets.program("sock_ops"), cgroup, CgroupHook.SOCK_OPS));
        return this;
    }

    LabPrograms attachPods(LabNode node) {
        for (LabPod pod : node.pods()) {
            var device = new Device(IpAddress.UNSPECIFIED, IpAddress.UNSPECIFIED, true);
            tables.put(
                    Tables.DEVICES, new DeviceKey(node.link(pod.hostInterface()).index()), device);
            attach(node, pod.hostInterface(), packets, "pod");
        }
        return this;
    }

    /// Lets packets between the node's pods go past its stack, or not.
    LabPrograms fastPath(LabNode node, boolean on) {
        BpfMap tails = packets.map(Tables.FAST_TAILS.name());
        try (Arena arena = Arena.ofConfined();
                ServiceTables own = new ServiceTables(packets::map)) {
            for (LabPod pod : node.pods()) {
                LocalPod entry = new LocalPod(
                        node.link(pod.hostInterface()).index(), mac(pod, "eth0"), mac(node, pod.hostInterface()));
                for (IpFamily family : IpFamily.values()) {
                    own.put(Tables.LOCAL_PODS, new AddressKey(pod.ip(family)), entry);
                }
            }
            MemorySegment slot = arena.allocateFrom(CTypes.U32, FastPath.Tail.PLAIN.number());
            if (on) {
                tails.update(slot, packets.program("pod_fast"), UpdateMode.ANY);
            } else {
                tails.delete(slot);
            }
        }
        return this;
    }

    private static MacAddress mac(LabHost host, String device) {
        return new MacAddress(Long.parseLong(host.link(device).address().replace(":", ""), 16));
    }

    /// Devices that are attached from now on hand packets to other nodes by Geneve, or by IPIP.
    LabPrograms dispatch(boolean byGeneve) {
        geneve = byGeneve;
        return this;
    }

    /// On the device that leads out of the node, where connections are masqueraded as `ipv4` and `ipv6`.
    LabPrograms attachDevice(LabNode node, String name, IpAddress ipv4, IpAddress ipv6) {
        BpfObject devices = opened("net", node, sockets)
                .configure("config_dsr_geneve", geneve)
                .load();
        others.add(devices);
        tables.put(Tables.DEVICES, new DeviceKey(node.link(name).index()), new Device(ipv4, ipv6, false));
        attach(node, name, devices, "net");
        return this;
    }

    /// Before the stack, on the device that leads out of the node.
    LabXdp attachXdp(LabNode node, XdpMode mode) {
        BpfObject object = opened(MorePrograms.xdp(mode).object(), node, sockets)
                .configure("config_dsr_geneve", geneve)
                .load();
        return LabXdp.attach(node, object, mode);
    }

    /// By tc(8), because the interfaces are in the node's namespace.
    private void attach(LabNode node, String device, BpfObject object, String prefix) {
        attached.add(new Attached(node, device));
        node.exec("tc", "qdisc", "add", "dev", device, "clsact").orThrow();
        for (String direction : List.of("ingress", "egress")) {
            String program = prefix + "_" + direction;
            Path pin = pins.resolve(program);
            if (!Files.exists(pin)) {
                createPins();
                object.program(program).pin(pin);
            }
            filter(node, device, direction, pin);
        }
    }

    private static void filter(LabNode node, String device, String direction, Path pin) {
        node.exec("tc", "filter", "add", "dev", device, direction, "bpf", "da", "object-pinned", pin.toString())
                .orThrow();
    }

    /// Does something while nothing of ours sees what the stack gets by a device.
    void withoutIngress(LabNode node, String device, Runnable action) {
        node.exec("tc", "filter", "del", "dev", device, "ingress").orThrow();
        try {
            action.run();
        } finally {
            filter(node, device, "ingress", pins.resolve("net_ingress"));
        }
    }

    private void createPins() {
        try {
            Files.createDirectories(pins);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (Attached on : attached) {
            on.node().exec("tc", "qdisc", "del", "dev", on.device(), "clsact");
        }
        for (CgroupAttachment attachment : attachments) {
            attachment.detach();
            attachment.close();
        }
        try {
            for (String pin : List.of("pod_ingress", "pod_egress", "net_ingress", "net_egress")) {
                Files.deleteIfExists(pins.resolve(pin));
            }
            Files.deleteIfExists(pins);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            tables.close();
            packets.close();
            others.forEach(BpfObject::close);
            sockets.close();
        }
    }
}
