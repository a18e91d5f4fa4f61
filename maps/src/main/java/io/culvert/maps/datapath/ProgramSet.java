// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.BpfProgram;
import io.culvert.maps.ObjectLayouts;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All programs, loaded against one set of maps.
final class ProgramSet implements AutoCloseable {

    private static final String SOCK_LB = "sock_lb";
    private static final List<String> OBJECTS = List.of(SOCK_LB, "pod", "net");

    private final List<BpfObject> objects = new ArrayList<>();
    private final Map<String, BpfMap> created = new LinkedHashMap<>();

    private ProgramSet() {}

    /// Loads all objects.
    ///
    /// @param existing maps that the programs share with others; the rest is made
    /// @param sizes entries of maps that are made, where not those of `maps.h`
    /// @throws io.culvert.maps.layout.LayoutMismatchException if an object has other structs than Java
    /// @throws io.culvert.loader.BpfException if the kernel refuses
    static ProgramSet load(DatapathConfig config, Map<String, BpfMap> existing, Map<String, Integer> sizes) {
        var set = new ProgramSet();
        try {
            OBJECTS.forEach(name -> set.load(name, config, existing, sizes));
            return set;
        } catch (RuntimeException e) {
            set.created.values().forEach(BpfMap::close);
            set.close();
            throw e;
        }
    }

    private void load(String name, DatapathConfig config, Map<String, BpfMap> existing, Map<String, Integer> sizes) {
        BpfObject object = BpfObject.open(name, config.objects().object(name));
        objects.add(object);
        ObjectLayouts.require(name + ".o", object.btf());
        List<String> made = new ArrayList<>();
        for (String map : object.mapNames()) {
            BpfMap shared = existing.getOrDefault(map, created.get(map));
            if (shared != null) {
                object.reuse(map, shared);
            } else if (Tables.named(map).isPresent()) {
                made.add(map);
                Optional.ofNullable(sizes.get(map)).ifPresent(entries -> object.maxEntries(map, entries));
            }
        }
        configure(object, name, config.settings());
        object.load();
        made.forEach(map -> created.put(map, object.map(map).duplicate()));
    }

    private static void configure(BpfObject object, String name, DatapathSettings settings) {
        object.configure("config_node_ipv4", address(settings.nodeIpv4()))
                .configure("config_node_ipv6", address(settings.nodeIpv6()))
                .configure("config_node_ports", PortRange.toBytes(List.of(settings.nodePorts())));
        if (name.equals(SOCK_LB)) {
            object.configure("config_tcp_peer_name", settings.tcpPeerName())
                    .configure("config_localhost_node_ports", settings.localhostNodePorts())
                    .configure("config_host_netns", settings.hostNetns());
            return;
        }
        object.configure("config_source_ports", PortRange.toBytes(settings.sourcePorts()))
                .configure("config_masquerade_all", settings.masqueradeAll())
                .configure("config_detects_pods", settings.detectsPods())
                .configure("config_tcp_syn_timeout", seconds(settings.timeouts().tcpSyn()))
                .configure(
                        "config_tcp_established_timeout",
                        seconds(settings.timeouts().tcpEstablished()))
                .configure(
                        "config_tcp_closing_timeout",
                        seconds(settings.timeouts().tcpClosing()))
                .configure("config_udp_timeout", seconds(settings.timeouts().udp()))
                .configure(
                        "config_udp_stream_timeout", seconds(settings.timeouts().udpStream()))
                .configure("config_reject_rate", settings.rejectRate());
    }

    private static byte[] address(Optional<IpAddress> address) {
        return address.orElse(IpAddress.UNSPECIFIED).toBytes();
    }

    private static int seconds(Duration duration) {
        return Math.toIntExact(duration.toSeconds());
    }

    /// The maps that were made, by name. The caller closes them; they outlive this set.
    Map<String, BpfMap> created() {
        return created;
    }

    /// The program of this name in whichever object has it.
    BpfProgram program(String name) {
        return objects.stream()
                .filter(object -> object.programNames().contains(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no object has a program " + name))
                .program(name);
    }

    /// Closes the descriptors; programs that are attached go on.
    @Override
    public void close() {
        objects.forEach(BpfObject::close);
    }
}
