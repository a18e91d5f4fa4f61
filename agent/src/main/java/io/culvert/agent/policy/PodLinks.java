// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import io.culvert.loader.netlink.Route;
import io.culvert.net.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// Which interface leads to which address.
public final class PodLinks {

    private PodLinks() {}

    /// The interfaces of pods that a route of one address leads to, by that address. Those of pods on a
    /// bridge are not among them: the kernel learns who is behind a port from what comes through it.
    ///
    /// @param pods indexes of pod interfaces
    public static Map<IpAddress, Integer> routed(List<Route> routes, Set<Integer> pods) {
        Map<IpAddress, Integer> links = new HashMap<>();
        for (Route route : routes) {
            if (route.type() == Route.Type.UNICAST
                    && route.destination().length()
                            == route.destination().family().bits()
                    && route.hops().size() == 1
                    && route.hops().getFirst().gateway().isEmpty()) {
                OptionalInt link = route.hops().getFirst().link();
                if (link.isPresent() && pods.contains(link.getAsInt())) {
                    links.put(route.destination().address(), link.getAsInt());
                }
            }
        }
        return links;
    }
}
