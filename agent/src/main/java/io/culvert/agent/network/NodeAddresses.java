// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The primary addresses of this node: what a pod sees as its peer when it reaches itself through a Service, what
/// serves NodePorts unless told otherwise, and what this node masquerades as where nothing nearer is known.
///
/// @param ipv4 empty where the node has none
/// @param ipv6 likewise
public record NodeAddresses(Optional<IpAddress> ipv4, Optional<IpAddress> ipv6) {

    static final NodeAddresses NONE = new NodeAddresses(Optional.empty(), Optional.empty());

    /// For each family: the configured address; else the first InternalIP of the Node object that this machine has,
    /// else the first global address of the interface with the default route, else any global address. Addresses
    /// that the kernel would choose as a source go before others.
    ///
    /// @param configured setting `bind-address`, which is believed even if no interface has it
    /// @param internalIps of the Node object; empty as long as it is not known
    static NodeAddresses choose(Optional<IpAddress> configured, List<IpAddress> internalIps, NetworkFacts facts) {
        return new NodeAddresses(
                choose(IpFamily.IPV4, configured, internalIps, facts),
                choose(IpFamily.IPV6, configured, internalIps, facts));
    }

    private static Optional<IpAddress> choose(
            IpFamily family, Optional<IpAddress> configured, List<IpAddress> internalIps, NetworkFacts facts) {
        List<InterfaceAddress> own = facts.addresses().stream()
                .filter(address -> address.global() && address.address().family() == family)
                .sorted(Comparator.comparing(address -> !address.preferred()))
                .toList();
        Set<IpAddress> present = own.stream().map(InterfaceAddress::address).collect(Collectors.toSet());
        Set<Integer> uplinks = facts.uplinks(family);
        return configured
                .filter(address -> address.family() == family)
                .or(() -> internalIps.stream().filter(present::contains).findFirst())
                .or(() -> own.stream()
                        .filter(address -> uplinks.contains(address.link()))
                        .map(InterfaceAddress::address)
                        .findFirst())
                .or(() -> own.stream().map(InterfaceAddress::address).findFirst());
    }

    Optional<IpAddress> of(IpFamily family) {
        return switch (family) {
            case IPV4 -> ipv4;
            case IPV6 -> ipv6;
        };
    }

    public boolean has(IpFamily family) {
        return of(family).isPresent();
    }

    Set<IpAddress> all() {
        return Stream.of(ipv4, ipv6).flatMap(Optional::stream).collect(Collectors.toSet());
    }

    /// For example `192.0.2.1, no IPv6`.
    @Override
    public String toString() {
        return ipv4.map(IpAddress::toString).orElse("no IPv4") + ", "
                + ipv6.map(IpAddress::toString).orElse("no IPv6");
    }
}
