// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.observability.api.flow.Service;
import io.culvert.observability.api.flow.Workload;
import io.culvert.observability.names.Party;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// Fields of a filter about who is at an end of a flow.
final class EndpointFilters {

    private static final String NAME_REMEDY =
            "no name; write namespace/name, namespace/ for all of a namespace, or /name"
                    + " for any namespace; names are beginnings of names";

    private EndpointFilters() {}

    private static Match parties(Side side, Lookups lookups, Predicate<Party> wanted) {
        return new Match(flow -> wanted.test(side.party(flow)), RawSide.party(side, wanted, lookups));
    }

    static Match pod(Side side, String field, List<String> values, Lookups lookups) {
        BiPredicate<String, String> wanted = names(field, values);
        return parties(side, lookups, party -> wanted.test(party.namespace(), party.pod()));
    }

    static Match service(Side side, String field, List<String> values, Lookups lookups) {
        BiPredicate<String, String> wanted = names(field, values);
        return new Match(
                flow -> {
                    Service service = side.service(flow);
                    return wanted.test(service.getNamespace(), service.getName());
                },
                RawSide.service(name -> wanted.test(name.namespace(), name.name()), lookups));
    }

    /// Whose namespace is that of a value and whose name begins as it. Without a namespace it is `default`.
    private static BiPredicate<String, String> names(String field, List<String> values) {
        List<BiPredicate<String, String>> each = new ArrayList<>();
        for (String value : values) {
            int slash = value.indexOf('/');
            if (value.isEmpty() || value.indexOf('/') != value.lastIndexOf('/')) {
                throw MalformedFilterException.of(field, value, NAME_REMEDY);
            }
            String namespace = slash < 0 ? "default" : value.substring(0, slash);
            String prefix = value.substring(slash + 1);
            each.add((otherNamespace, name) ->
                    (namespace.isEmpty() || namespace.equals(otherNamespace)) && name.startsWith(prefix));
        }
        return (namespace, name) ->
                !(namespace.isEmpty() && name.isEmpty()) && each.stream().anyMatch(one -> one.test(namespace, name));
    }

    static Match label(Side side, String field, List<String> values, Lookups lookups) {
        List<LabelSelector> selectors = selectors(field, values);
        return parties(side, lookups, party -> selectors.stream().anyMatch(selector -> selector.test(party.labels())));
    }

    static List<LabelSelector> selectors(String field, List<String> values) {
        return values.stream()
                .map(value -> LabelSelector.parse(value)
                        .orElseThrow(() -> MalformedFilterException.of(
                                field,
                                value,
                                "not a label selector; write key=value, key!=value, key in (a, b), key or !key, with commas"
                                        + " for and")))
                .toList();
    }

    static Match identity(Side side, List<Integer> values, Lookups lookups) {
        Set<Integer> wanted = Set.copyOf(values);
        return parties(side, lookups, party -> wanted.contains(party.identity()));
    }

    static Match workload(Side side, List<Workload> values, Lookups lookups) {
        return parties(
                side,
                lookups,
                party -> party.workloads().stream()
                        .anyMatch(workload -> values.stream().anyMatch(value -> isOf(workload, value))));
    }

    /// What a value leaves out may be anything.
    private static boolean isOf(Party.Workload workload, Workload value) {
        return (value.getName().isEmpty() || value.getName().equals(workload.name()))
                && (value.getKind().isEmpty() || value.getKind().equals(workload.kind()));
    }

    /// All pods are of the agent's cluster.
    static Match cluster(Side side, String field, List<String> values, Lookups lookups) {
        if (values.contains("")) {
            throw MalformedFilterException.of(field, "", "a cluster has a name; write it");
        }
        boolean ours = values.contains(lookups.names().node().cluster());
        return new Match(
                flow -> values.contains(side.endpoint(flow).getClusterName()),
                RawSide.party(side, party -> ours && party.isPod(), lookups));
    }
}
