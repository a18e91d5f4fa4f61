// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.BpfProgram;
import io.culvert.maps.ObjectLayouts;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The programs, loaded against one set of maps. Some are among them only once somebody needs them: [MorePrograms].
final class ProgramSet implements AutoCloseable {

    private static final String SOCK_LB = "sock_lb";
    private static final String NET = "net";

    /// Those that hand packets to other nodes.
    private static final Set<String> HAND_ON =
            Set.of(NET, MorePrograms.XDP.object(), MorePrograms.XDP_GENERIC.object());

    private static final List<String> SERVICES = List.of(SOCK_LB, "pod", NET);

    private final List<BpfObject> objects = new ArrayList<>();
    private final Map<String, BpfMap> created = new LinkedHashMap<>();

    private ProgramSet() {}

    /// Makes the maps that are missing, then loads the objects, each on a thread of its own: the verifier takes most of
    /// the time, and one processor for each.
    ///
    /// @param existing maps that the programs share with others; the rest is made, also what no program needs yet
    /// @param sizes entries of maps that are made, where not those of `maps.h`
    /// @param more which of the programs are needed that not every node needs
    /// @throws io.culvert.maps.layout.LayoutMismatchException if an object has other structs than Java
    /// @throws io.culvert.loader.BpfException if the kernel refuses
    static ProgramSet load(
            DatapathConfig config, Map<String, BpfMap> existing, Map<String, Integer> sizes, Set<MorePrograms> more) {
        var set = new ProgramSet();
        try {
            SERVICES.forEach(name -> set.open(name, config));
            Map<String, Integer> all = withRing(existing, sizes);
            for (BpfObject object : set.objects) {
                set.makeMaps(object, config, existing, all);
            }
            for (MorePrograms one : MorePrograms.values()) {
                if (more.contains(one) || set.lacksMaps(existing)) {
                    set.makeMaps(set.open(one.object(), config), config, existing, all);
                }
                if (!more.contains(one) && set.has(one)) {
                    set.objects.removeLast().close();
                }
            }
            Map<String, BpfMap> maps = new HashMap<>(existing);
            maps.putAll(set.created);
            Together.run(set.objects.stream()
                    .map(object -> (Runnable) () -> load(object, config.settings(), maps))
                    .toList());
            return set;
        } catch (RuntimeException e) {
            set.created.values().forEach(BpfMap::close);
            set.close();
            throw e;
        }
    }

    private BpfObject open(String name, DatapathConfig config) {
        BpfObject object = BpfObject.open(name, config.objects().object(name));
        objects.add(object);
        ObjectLayouts.require(name + ".o", object.btf());
        return object;
    }

    private boolean lacksMaps(Map<String, BpfMap> existing) {
        return Tables.ALL.stream()
                .map(Table::name)
                .anyMatch(name -> !existing.containsKey(name) && !created.containsKey(name));
    }

    /// Loads programs, if they are not.
    ///
    /// @param maps all of them
    /// @throws io.culvert.maps.layout.LayoutMismatchException if the object has other structs than Java
    /// @throws io.culvert.loader.BpfException if the kernel refuses; the other programs are as they were
    void load(MorePrograms more, DatapathConfig config, Map<String, BpfMap> maps) {
        if (has(more)) {
            return;
        }
        int before = objects.size();
        try {
            load(open(more.object(), config), config.settings(), maps);
        } catch (RuntimeException e) {
            while (objects.size() > before) {
                objects.removeLast().close();
            }
            throw e;
        }
    }

    /// Loads an object that is run now and then; whoever does closes it again.
    ///
    /// @param maps all of them
    /// @throws io.culvert.maps.layout.LayoutMismatchException if the object has other structs than Java
    /// @throws io.culvert.loader.BpfException if the kernel refuses
    static BpfObject loadAlone(String name, DatapathConfig config, Map<String, BpfMap> maps) {
        BpfObject object = BpfObject.open(name, config.objects().object(name));
        try {
            ObjectLayouts.require(name + ".o", object.btf());
            load(object, config.settings(), maps);
            return object;
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /// Which of the programs are loaded that not every node needs.
    Set<MorePrograms> more() {
        return Arrays.stream(MorePrograms.values()).filter(this::has).collect(Collectors.toSet());
    }

    boolean has(MorePrograms more) {
        return objects.stream().anyMatch(object -> object.name().equals(more.object()));
    }

    /// `opened` has room for all connections that fit into `flows`, each of which has two entries there or three.
    private static Map<String, Integer> withRing(Map<String, BpfMap> existing, Map<String, Integer> sizes) {
        Integer flows = Optional.ofNullable(existing.get(Tables.FLOWS.name()))
                .map(map -> map.info().maxEntries())
                .orElse(sizes.get(Tables.FLOWS.name()));
        Map<String, Integer> all = new HashMap<>(sizes);
        if (flows != null) {
            all.putIfAbsent(Tables.OPENED.name(), Math.max(1, flows / 2));
        }
        return all;
    }

    /// Makes what the object declares and nobody has made: a second copy of it, loaded without its programs.
    private void makeMaps(
            BpfObject object, DatapathConfig config, Map<String, BpfMap> existing, Map<String, Integer> sizes) {
        Map<String, BpfMap> present = new HashMap<>(existing);
        present.putAll(created);
        List<String> missing = object.mapNames().stream()
                .filter(map -> Tables.named(map).isPresent() && !present.containsKey(map))
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        String name = object.name();
        try (BpfObject maker = BpfObject.open(name, config.objects().object(name))) {
            maker.programNames().forEach(maker::skip);
            reuse(maker, present);
            missing.forEach(
                    map -> Optional.ofNullable(sizes.get(map)).ifPresent(entries -> maker.maxEntries(map, entries)));
            maker.load();
            missing.forEach(map -> created.put(map, maker.map(map).duplicate()));
        }
    }

    private static void load(BpfObject object, DatapathSettings settings, Map<String, BpfMap> maps) {
        reuse(object, maps);
        configure(object, object.name(), settings);
        if (!object.name().equals(SOCK_LB)) {
            Optional.ofNullable(maps.get(Tables.OPENED.name()))
                    .ifPresent(ring -> object.configure(
                            "config_opened_entries", ring.info().maxEntries()));
        }
        object.load();
    }

    static void reuse(BpfObject object, Map<String, BpfMap> maps) {
        object.mapNames()
                .forEach(map -> Optional.ofNullable(maps.get(map)).ifPresent(shared -> object.reuse(map, shared)));
    }

    private static void configure(BpfObject object, String name, DatapathSettings settings) {
        object.configure("config_node_ipv4", address(settings.nodeIpv4()))
                .configure("config_node_ipv6", address(settings.nodeIpv6()))
                .configure("config_node_ports", PortRange.toBytes(List.of(settings.nodePorts())))
                .configure("config_detects_pods", settings.detectsPods());
        if (name.equals(SOCK_LB)) {
            object.configure("config_tcp_peer_name", settings.tcpPeerName())
                    .configure("config_localhost_node_ports", settings.localhostNodePorts())
                    .configure("config_host_netns", settings.hostNetns());
            return;
        }
        object.configure("config_source_ports", PortRange.toBytes(settings.sourcePorts()))
                .configure("config_masquerade_all", settings.masqueradeAll())
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
        if (HAND_ON.contains(name)) {
            object.configure("config_dsr_geneve", settings.dsrGeneve());
        }
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
