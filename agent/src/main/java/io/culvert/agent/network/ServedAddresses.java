// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.agent.config.NodePortAddresses;
import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.maps.AddressKey;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/// The addresses of this node, and which of them serve NodePorts.
final class ServedAddresses {

    private static final Set<IpPrefix> LOOPBACK = Set.of(prefix("127.0.0.0/8"), prefix("::1/128"));

    private ServedAddresses() {}

    /// The entries of map `node_addresses`: every address that is valid beyond its link, whichever interface has it.
    static Map<AddressKey, Integer> of(NodePortAddresses chosen, NodeAddresses primary, NetworkFacts facts) {
        Set<IpAddress> own = facts.addresses().stream()
                .filter(InterfaceAddress::global)
                .map(InterfaceAddress::address)
                .filter(address -> LOOPBACK.stream().noneMatch(block -> block.contains(address)))
                .collect(Collectors.toSet());
        // The configured primary address may be one that only the network in front of this machine knows.
        own.addAll(primary.all());
        Map<AddressKey, Integer> entries = new HashMap<>();
        own.forEach(address ->
                entries.put(new AddressKey(address), serves(chosen, primary, address) ? AddressKey.NODE_PORTS : 0));
        return entries;
    }

    /// The same addresses, of which those that served NodePorts before go on to. What else they were, they are not any
    /// more: an address moves from one node to another.
    ///
    /// @param before the flags of an address until now; 0 if it had none
    static Map<AddressKey, Integer> keeping(Map<AddressKey, Integer> wanted, ToIntFunction<AddressKey> before) {
        Map<AddressKey, Integer> kept = new HashMap<>(wanted);
        kept.replaceAll((key, flags) -> flags | (before.applyAsInt(key) & AddressKey.NODE_PORTS));
        return kept;
    }

    private static boolean serves(NodePortAddresses chosen, NodeAddresses primary, IpAddress address) {
        return switch (chosen) {
            case NodePortAddresses.Primary() -> primary.all().contains(address);
            case NodePortAddresses.All() -> true;
            case NodePortAddresses.Blocks(var blocks) -> blocks.stream().anyMatch(block -> block.contains(address));
        };
    }

    private static IpPrefix prefix(String text) {
        return IpPrefix.parse(text).orElseThrow();
    }
}
