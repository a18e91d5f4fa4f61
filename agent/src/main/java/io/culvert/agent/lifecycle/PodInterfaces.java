// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.Route;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which interfaces are the host side of a pod.
///
/// Without globs: a veth whose other end is in another namespace, and that is a port of a bridge (flannel, kindnet's
/// ptp is not) or that a route of one address leads to (Calico, Cilium, AWS, ptp). The veth that joins a nested node
/// to its host has neither. With globs: every interface whose name matches one, and no other.
final class PodInterfaces {

    private PodInterfaces() {}

    /// @param globs `*` stands for any characters, `?` for one; empty: find them
    /// @return names by interface index
    static Map<Integer, String> select(Collection<Link> links, Collection<Route> routes, List<String> globs) {
        Map<Integer, String> selected = new TreeMap<>();
        if (!globs.isEmpty()) {
            List<Pattern> patterns = globs.stream().map(PodInterfaces::pattern).toList();
            links.stream()
                    .filter(link -> patterns.stream()
                            .anyMatch(pattern -> pattern.matcher(link.name()).matches()))
                    .forEach(link -> selected.put(link.index(), link.name()));
            return selected;
        }
        Set<Integer> bridges = links.stream()
                .filter(link -> link.kind().equals("bridge"))
                .map(Link::index)
                .collect(Collectors.toSet());
        Set<Integer> routed = singleAddressRoutes(routes);
        for (Link link : links) {
            boolean port =
                    link.master().isPresent() && bridges.contains(link.master().getAsInt());
            boolean pair = link.kind().equals("veth") && link.peerNamespace().isPresent();
            if (pair && (port || routed.contains(link.index()))) {
                selected.put(link.index(), link.name());
            }
        }
        return selected;
    }

    /// The interfaces that a route of one address leads to, without a gateway.
    private static Set<Integer> singleAddressRoutes(Collection<Route> routes) {
        Set<Integer> links = new HashSet<>();
        for (Route route : routes) {
            boolean single =
                    route.destination().length() == route.destination().family().bits();
            if (route.type() == Route.Type.UNICAST && single) {
                route.hops().stream()
                        .filter(hop -> hop.gateway().isEmpty())
                        .forEach(hop -> hop.link().ifPresent(links::add));
            }
        }
        return links;
    }

    private static Pattern pattern(String glob) {
        String expression = glob.chars()
                .mapToObj(c -> switch (c) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(c));
                })
                .collect(Collectors.joining());
        return Pattern.compile(expression);
    }
}
