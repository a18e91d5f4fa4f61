// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfObject;
import io.culvert.loader.UpdateMode;
import io.culvert.loader.XdpAttachment;
import io.culvert.loader.XdpMode;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.maps.Tables;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.Offload;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/// The program before the stack on the device of a lab's node, which goes on with the maps of the node's other
/// programs.
final class LabXdp implements AutoCloseable {

    private final LabHost host;
    private final BpfObject object;
    private final XdpAttachment attachment;
    private boolean closed;

    private LabXdp(LabHost host, BpfObject object, XdpAttachment attachment) {
        this.host = host;
        this.object = object;
        this.attachment = attachment;
    }

    /// A packet that comes through a port of the wire has a whole checksum, as one that comes through a cable.
    static void finishChecksums(Lab lab, String port, boolean finish) {
        Offload.TX_CHECKSUM.set(lab.outside(), port, !finish);
    }

    /// A veth pair takes what the driver of its other end sends only if it has a program, too: one that passes all on.
    static LabXdp attachToWire(Lab lab, String port) {
        BpfObject passing = BpfObject.open("xdp", PodPrograms.elf("xdp")).load();
        return in(lab.outside(), () -> attach(lab.outside(), passing, port, XdpMode.NATIVE));
    }

    /// @param object loaded with the node's maps
    static LabXdp attach(LabNode node, BpfObject object, XdpMode mode) {
        return in(node, () -> {
            Link device = link("eth0");
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment index = arena.allocateFrom(ValueLayout.JAVA_INT, device.index());
                long mac = device.address().orElseThrow().bits();
                object.map(Tables.XDP_DEVICES.name())
                        .update(index, arena.allocateFrom(ValueLayout.JAVA_LONG, mac), UpdateMode.ANY);
            }
            return attach(node, object, "eth0", mode);
        });
    }

    private static LabXdp attach(LabHost host, BpfObject object, String device, XdpMode mode) {
        return new LabXdp(
                host,
                object,
                XdpAttachment.attach(
                        object.program(LinkName.xdp(0, mode).program()),
                        link(device).index(),
                        mode));
    }

    /// What the stack of a node has forwarded.
    static long forwarded(LabNode node, IpFamily family) {
        boolean v4 = family == IpFamily.IPV4;
        List<String> lines = node.exec("cat", v4 ? "/proc/net/snmp" : "/proc/net/snmp6")
                .orThrow()
                .lines()
                .toList();
        if (!v4) {
            return lines.stream()
                    .filter(line -> line.startsWith("Ip6OutForwDatagrams"))
                    .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                    .findFirst()
                    .orElseThrow();
        }
        List<String> names = List.of(lines.get(0).split(" "));
        return Long.parseLong(List.of(lines.get(1).split(" ")).get(names.indexOf("ForwDatagrams")));
    }

    private static Link link(String name) {
        return Rtnetlink.links().stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static <T> T in(LabHost host, Callable<T> action) {
        try {
            return NetworkNamespace.call(Path.of("/run/netns", host.netns()), action);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        detach();
        object.close();
    }

    /// Takes the program off the device, if it is there.
    void detach() {
        if (closed) {
            return;
        }
        closed = true;
        in(host, () -> {
            attachment.detach();
            return 0;
        });
    }
}
