// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import java.util.function.BiConsumer;

/// How a CNI brings packets of pods to the other node of a lab: within packets of the nodes.
enum Overlay {
    /// As flannel and Calico do it. Outside are IPv4 addresses of nodes.
    VXLAN("vxlan0", "10.245.0.", "fd45::"),
    /// As WireGuard does it, which not every kernel has: a device without Ethernet header, and what leaves the node is
    /// encrypted. Outside are IPv6 addresses of nodes.
    ENCRYPTED("tun0", "10.246.0.", "fd46::");

    private final String device;
    private final String ipv4;
    private final String ipv6;

    Overlay(String device, String ipv4, String ipv6) {
        this.device = device;
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    /// Has the wire between the nodes carry no packet with the address of a pod, as networks do that know none.
    static void require(Lab lab) {
        lab.outside()
                .script(
                        "nft add table bridge wire",
                        "nft 'add chain bridge wire forward { type filter hook forward priority 0; }'",
                        "nft add rule bridge wire forward ip saddr 10.244.0.0/16 drop",
                        "nft add rule bridge wire forward ip6 saddr fd44::/32 drop");
    }

    /// Makes the devices of all nodes.
    void make(Lab lab) {
        joinAll(lab, this::make);
    }

    /// What the nodes send to each other's pods goes this way from now on.
    void use(Lab lab) {
        joinAll(lab, this::route);
    }

    private static void joinAll(Lab lab, BiConsumer<LabNode, LabNode> joining) {
        for (LabNode node : lab.nodes()) {
            lab.nodes().stream().filter(other -> other != node).forEach(other -> joining.accept(node, other));
        }
    }

    private void make(LabNode node, LabNode other) {
        switch (this) {
            case VXLAN ->
                node.script("ip link add " + device + " type vxlan id 4096 dstport 4789 dev eth0 local "
                        + node.ip(IpFamily.IPV4) + " remote " + other.ip(IpFamily.IPV4));
            case ENCRYPTED -> {
                IpFamily outside = IpFamily.IPV6;
                var _ = LabProgram.TUNNEL.start(
                        node,
                        device,
                        node.ip(outside).toString(),
                        other.ip(outside).toString());
            }
        }
        node.script(
                "ip link set " + device + " mtu 1400 up",
                "ip addr add " + ip(node, IpFamily.IPV4) + "/24 dev " + device,
                "ip addr add " + ip(node, IpFamily.IPV6) + "/64 nodad dev " + device);
    }

    private void route(LabNode node, LabNode other) {
        for (IpFamily family : IpFamily.values()) {
            node.script("ip route replace " + other.podRange(family) + " via " + ip(other, family) + " dev " + device);
        }
    }

    /// The address of a node in the overlay: its own processes have it towards pods of the other node.
    IpAddress ip(LabNode node, IpFamily family) {
        return IpAddress.of(
                (family == IpFamily.IPV4 ? ipv4 : ipv6) + node.name().substring(1));
    }

    /// All of them.
    String blocks() {
        return "{ipBlock: {cidr: \"" + ipv4 + "0/24\"}}, {ipBlock: {cidr: \"" + ipv6 + "/64\"}}";
    }
}
