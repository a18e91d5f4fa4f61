// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.observability.api.flow.NetworkInterface;
import java.util.List;
import java.util.function.Predicate;

/// Fields of a filter about where a flow was seen.
final class PlaceFilters {

    private static final String DEFAULT_CLUSTER = "default";

    private PlaceFilters() {}

    /// A node of a cluster, of which either may be any.
    private record NodePattern(DomainPattern cluster, DomainPattern node) {

        static NodePattern of(String field, String value) {
            String[] parts = value.split("/", -1);
            if (value.isEmpty() || parts.length > 2) {
                throw MalformedFilterException.of(
                        field, value, "write node, cluster/node or cluster/, with * for anything");
            }
            String cluster = parts.length == 2 ? parts[0] : "";
            return new NodePattern(part(field, cluster), part(field, parts[parts.length - 1]));
        }

        private static DomainPattern part(String field, String text) {
            return text.isEmpty() ? DomainPattern.ANY : DomainPattern.of(field, text);
        }

        boolean matches(String name) {
            int slash = name.indexOf('/');
            return cluster.matches(slash < 0 ? DEFAULT_CLUSTER : name.substring(0, slash))
                    && node.matches(name.substring(slash + 1));
        }
    }

    static Match nodeName(String field, List<String> values, Lookups lookups) {
        List<NodePattern> wanted =
                values.stream().map(value -> NodePattern.of(field, value)).toList();
        Predicate<String> named = name -> wanted.stream().anyMatch(pattern -> pattern.matches(name));
        return Match.alike(
                flow -> !flow.getNodeName().isEmpty() && named.test(flow.getNodeName()),
                named.test(lookups.names().node().text()));
    }

    static Match nodeLabels(String field, List<String> values, Lookups lookups) {
        List<LabelSelector> selectors = EndpointFilters.selectors(field, values);
        Predicate<List<String>> wanted = labels -> selectors.stream().anyMatch(selector -> selector.test(labels));
        Memo memo = lookups.keep((_, _, _) -> wanted.test(lookups.names().nodeLabels()));
        return new Match(flow -> wanted.test(flow.getNodeLabelsList()), _ -> memo.test(0, 0, 0));
    }

    /// What a value leaves out may be anything.
    static Match networkInterface(List<NetworkInterface> values, Lookups lookups) {
        Memo memo = lookups.keep((_, _, index) -> values.stream()
                .anyMatch(value -> isOf(
                        value, index, lookups.names().networkInterface(index).orElse(""))));
        return new Match(
                flow -> flow.hasInterface()
                        && values.stream()
                                .anyMatch(value -> isOf(
                                        value,
                                        flow.getInterface().getIndex(),
                                        flow.getInterface().getName())),
                flow -> memo.test(0, 0, flow.ifindex()));
    }

    private static boolean isOf(NetworkInterface value, int index, String name) {
        return (value.getIndex() == 0 || value.getIndex() == index)
                && (value.getName().isEmpty() || value.getName().equals(name));
    }

    static Match domain(Side side, String field, List<String> values) {
        List<DomainPattern> wanted =
                values.stream().map(value -> DomainPattern.of(field, value)).toList();
        // No flow of Culvert has names of domains.
        return new Match(
                flow -> side.domainNames(flow).stream()
                        .anyMatch(name -> wanted.stream().anyMatch(pattern -> pattern.matches(name))),
                _ -> false);
    }
}
