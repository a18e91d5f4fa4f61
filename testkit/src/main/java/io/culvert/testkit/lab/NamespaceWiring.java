// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.Set;

/// The commands that make the namespaces of a lab and join them.
///
/// @param mtu of the underlay and of the pods
record NamespaceWiring(Set<IpFamily> families, int mtu) {

    /// A namespace whose addresses are usable at once: no duplicate address detection.
    void namespace(Script script, String netns) {
        script.ip("netns add " + netns);
        if (families.contains(IpFamily.IPV6)) {
            script.set(netns, "ipv6/conf/all/accept_dad=0", "ipv6/conf/default/accept_dad=0");
        }
        script.ip(netns, "link set lo up");
    }

    /// The wire between the nodes, on which the outside has an address too. No cable has a netfilter, nor has this one.
    void underlay(Script script, String wire) {
        script.setIfThere(wire, "bridge/bridge-nf-call-iptables=0", "bridge/bridge-nf-call-ip6tables=0");
        script.ip(wire, "link add br0 type bridge mcast_snooping 0", "link set br0 mtu " + mtu + " up");
        for (IpFamily family : families) {
            address(
                    script,
                    wire,
                    "br0",
                    AddressPlan.node(family, AddressPlan.OUTSIDE),
                    AddressPlan.underlayLength(family));
        }
    }

    void node(Script script, String wire, String netns, int index) {
        script.set(netns, "ipv4/ip_forward=1");
        if (families.contains(IpFamily.IPV6)) {
            script.set(netns, "ipv6/conf/all/forwarding=1");
        }
        String port = "n" + index;
        script.ip(
                wire,
                "link add " + port + " mtu " + mtu + " type veth peer name eth0 mtu " + mtu + " netns " + netns,
                "link set " + port + " master br0 up");
        script.ip(netns, "link set eth0 up");
        for (IpFamily family : families) {
            address(script, netns, "eth0", AddressPlan.node(family, index), AddressPlan.underlayLength(family));
            script.ip(netns, "route add default via " + AddressPlan.node(family, AddressPlan.OUTSIDE));
        }
    }

    /// How one node reaches the pods of another.
    void route(Script script, String netns, int otherNode) {
        for (IpFamily family : families) {
            script.ip(
                    netns,
                    "route add " + AddressPlan.podRange(family, otherNode) + " via "
                            + AddressPlan.node(family, otherNode));
        }
    }

    /// A machine beyond the nodes' gateway, which routes between them from now on.
    void client(Script script, String wire, String netns, int index) {
        String port = "c" + index;
        script.set(wire, "ipv4/ip_forward=1");
        if (families.contains(IpFamily.IPV6)) {
            script.set(wire, "ipv6/conf/all/forwarding=1");
        }
        script.ip(
                wire,
                "link add " + port + " mtu " + mtu + " type veth peer name eth0 mtu " + mtu + " netns " + netns,
                "link set " + port + " up");
        script.ip(netns, "link set eth0 up");
        for (IpFamily family : families) {
            IpAddress gateway = AddressPlan.clientGateway(family, index);
            address(script, wire, port, gateway, AddressPlan.underlayLength(family));
            address(script, netns, "eth0", AddressPlan.client(family, index), AddressPlan.underlayLength(family));
            script.ip(netns, "route add default via " + gateway);
        }
    }

    /// With an address of its own, as the bridge plugin of CNI gives it: else it is the lowest one of its ports, and
    /// once that pod goes, the others send to a gateway that is not there.
    void bridge(Script script, String netns, int index) {
        String address = "02:00:00:00:01:%02x".formatted(index);
        script.ip(
                netns,
                "link add cni0 address " + address + " type bridge mcast_snooping 0",
                "link set cni0 mtu " + mtu + " up");
        for (IpFamily family : families) {
            address(script, netns, "cni0", AddressPlan.bridge(family, index), AddressPlan.podRangeLength(family));
        }
    }

    void routedPod(Script script, String node, String netns, String hostEnd, int nodeIndex, int podIndex) {
        pair(script, node, netns, hostEnd);
        script.ip(node, "link set " + hostEnd + " up");
        if (families.contains(IpFamily.IPV4)) {
            script.set(node, "ipv4/conf/" + hostEnd + "/proxy_arp=1", "ipv4/neigh/" + hostEnd + "/proxy_delay=0");
        }
        for (IpFamily family : families) {
            IpAddress address = AddressPlan.pod(family, nodeIndex, podIndex);
            script.ip(node, "route add " + address + "/" + family.bits() + " dev " + hostEnd);
            address(script, netns, "eth0", address, family.bits());
            switch (family) {
                case IPV4 ->
                    script.ip(
                            netns,
                            "route add " + AddressPlan.LINK_LOCAL_GATEWAY_V4 + " dev eth0 scope link",
                            "route add default via " + AddressPlan.LINK_LOCAL_GATEWAY_V4 + " dev eth0");
                case IPV6 -> {
                    address(script, node, hostEnd, IpAddress.of(AddressPlan.LINK_LOCAL_GATEWAY_V6), 64);
                    script.ip(netns, "route add default via " + AddressPlan.LINK_LOCAL_GATEWAY_V6 + " dev eth0");
                }
            }
        }
    }

    void bridgedPod(Script script, String node, String netns, String hostEnd, int nodeIndex, int podIndex) {
        pair(script, node, netns, hostEnd);
        script.ip(node, "link set " + hostEnd + " master cni0 up");
        for (IpFamily family : families) {
            IpAddress address = AddressPlan.pod(family, nodeIndex, podIndex);
            address(script, netns, "eth0", address, AddressPlan.podRangeLength(family));
            script.ip(netns, "route add default via " + AddressPlan.bridge(family, nodeIndex));
        }
    }

    private void pair(Script script, String node, String netns, String hostEnd) {
        script.ip(
                node,
                "link add " + hostEnd + " mtu " + mtu + " type veth peer name eth0 mtu " + mtu + " netns " + netns);
        script.ip(netns, "link set eth0 up");
    }

    private static void address(Script script, String netns, String device, IpAddress address, int length) {
        String nodad = address.isV4() ? "" : " nodad";
        script.ip(netns, "addr add " + address + "/" + length + " dev " + device + nodad);
    }
}
