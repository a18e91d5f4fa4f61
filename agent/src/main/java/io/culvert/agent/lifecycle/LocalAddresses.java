// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.loader.netlink.InterfaceAddress;
import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.net.IpAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/// The addresses that this node has, as far as somebody may listen there.
final class LocalAddresses {

    /// kube-proxy in mode ipvs gives every cluster IP to this device, and leaves it behind. Nobody listens there.
    private static final String IPVS = "kube-ipvs0";

    private LocalAddresses() {}

    static Set<IpAddress> read() {
        return of(Rtnetlink.links(), Rtnetlink.addresses());
    }

    static Set<IpAddress> of(Collection<Link> links, Collection<InterfaceAddress> addresses) {
        Set<Integer> ipvs = links.stream()
                .filter(link -> link.name().equals(IPVS))
                .map(Link::index)
                .collect(Collectors.toSet());
        Set<IpAddress> local = new HashSet<>();
        for (InterfaceAddress address : addresses) {
            if (!ipvs.contains(address.link())) {
                local.add(address.address());
            }
        }
        return local;
    }
}
