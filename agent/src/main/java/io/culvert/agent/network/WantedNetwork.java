// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.loader.netlink.Link;
import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.maps.Device;
import io.culvert.maps.DeviceKey;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What the kernel shall have, from the settings, the network and the Node object.
///
/// @param primary addresses of the node
/// @param pods names of pod interfaces by index
/// @param devices names of the node's devices by index
/// @param unsupported why interfaces that should carry programs do not, and why pods are not served, by what and name
/// @param addresses entries of map `node_addresses`
/// @param interfaces entries of map `devices`
/// @param links interface that leads to an address, where a route of that address alone says so
/// @param podRanges ranges of pods; empty: not known yet, what was known before holds
/// @param detectsPods whether pods are told from other clients at all
public record WantedNetwork(
        NodeAddresses primary,
        Map<Integer, String> pods,
        Map<Integer, String> devices,
        Map<String, String> unsupported,
        Map<AddressKey, Integer> addresses,
        Map<DeviceKey, Device> interfaces,
        Map<IpAddress, Integer> links,
        Optional<List<AddressRange>> podRanges,
        boolean detectsPods) {

    static final WantedNetwork NOTHING = new WantedNetwork(
            NodeAddresses.NONE,
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Optional.of(List.of()),
            false);

    public WantedNetwork {
        pods = Map.copyOf(pods);
        devices = Map.copyOf(devices);
        unsupported = Map.copyOf(unsupported);
        addresses = Map.copyOf(addresses);
        interfaces = Map.copyOf(interfaces);
        links = Map.copyOf(links);
    }

    public static WantedNetwork of(NetworkSettings settings, NetworkFacts facts, NodeObjects objects) {
        return of(settings, facts, objects, Set.of());
    }

    /// @param known indexes of what was a pod's interface before
    static WantedNetwork of(NetworkSettings settings, NetworkFacts facts, NodeObjects objects, Set<Integer> known) {
        List<IpAddress> internalIps = objects.internalIps();
        NodeAddresses primary = NodeAddresses.choose(settings.primary(), internalIps, facts);
        PodInterfaces pods = PodInterfaces.select(facts, known, settings.podInterfaces());
        Set<Integer> podLinks = pods.names().keySet();
        Set<IpAddress> nodeIps = new HashSet<>(internalIps);
        nodeIps.addAll(primary.all());
        NodeDevices devices = NodeDevices.select(facts, podLinks, nodeIps, settings.devices());
        PodDetection detection = PodDetection.of(settings.localTraffic(), facts, primary, podLinks, objects.podCidrs());
        Map<String, String> unsupported = new TreeMap<>(pods.unsupported());
        unsupported.putAll(devices.unsupported());
        unsupported.putAll(new UnservedPods(facts, podLinks).among(objects.pods()));
        Set<Integer> attached = new HashSet<>(podLinks);
        attached.addAll(devices.names().keySet());
        return new WantedNetwork(
                primary,
                pods.names(),
                devices.names(),
                unsupported,
                ServedAddresses.of(settings.nodePorts(), primary, facts),
                interfaces(facts, attached, primary, detection.devices()),
                facts.linksByAddress(),
                detection.ranges(),
                detection.detects());
    }

    /// The same, without telling pods from others.
    WantedNetwork withoutDetection() {
        return new WantedNetwork(primary, pods, devices, unsupported, addresses, interfaces, links, podRanges, false);
    }

    /// Interfaces with programs; and those with addresses, because a bridge is where the route to its pods leads and
    /// gives the address to masquerade with, while its ports carry the programs.
    private static Map<DeviceKey, Device> interfaces(
            NetworkFacts facts, Set<Integer> attached, NodeAddresses primary, Set<Integer> ofPods) {
        Set<Integer> addressed = facts.addressed();
        Map<DeviceKey, Device> entries = new HashMap<>();
        for (Link link : facts.links()) {
            int index = link.index();
            if (!link.loopback() && (attached.contains(index) || addressed.contains(index))) {
                entries.put(
                        new DeviceKey(index),
                        new Device(
                                masquerade(IpFamily.IPV4, index, facts, primary),
                                masquerade(IpFamily.IPV6, index, facts, primary),
                                ofPods.contains(index)));
            }
        }
        return entries;
    }

    /// The primary address if the interface has it, else the one that the kernel would choose; unspecified if there is
    /// none.
    private static IpAddress masquerade(IpFamily family, int link, NetworkFacts facts, NodeAddresses primary) {
        List<IpAddress> own = facts.addresses().stream()
                .filter(address -> address.link() == link
                        && address.global()
                        && address.address().family() == family)
                .sorted(Comparator.comparing(address -> !address.preferred()))
                .map(InterfaceAddress::address)
                .toList();
        return primary.of(family)
                .filter(own::contains)
                .or(() -> own.stream().findFirst())
                .orElse(IpAddress.UNSPECIFIED);
    }

    /// Addresses that serve NodePorts, in order.
    public List<IpAddress> nodePortAddresses() {
        return addresses.entrySet().stream()
                .filter(entry -> entry.getValue() == AddressKey.NODE_PORTS)
                .map(entry -> entry.getKey().address())
                .sorted()
                .toList();
    }
}
