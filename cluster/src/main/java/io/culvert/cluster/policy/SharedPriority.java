// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// ClusterNetworkPolicies of one tier with one priority. Upstream leaves open which is asked first.
///
/// @param policies names of all of them, at least two, in the order in which they are asked
public record SharedPriority(PolicyTier tier, int priority, List<String> policies) {

    /// A message is read by people: of more than this many, it says how many more.
    private static final int NAMED = 10;

    public SharedPriority {
        policies = List.copyOf(policies);
    }

    /// What is shared among these policies, by the name of each that shares.
    public static Map<String, SharedPriority> among(Collection<ClusterNetworkPolicy> policies) {
        Map<String, SharedPriority> shared = new TreeMap<>();
        policies.stream()
                .collect(Collectors.groupingBy(policy -> Map.entry(policy.tier(), policy.priority())))
                .values()
                .stream()
                .filter(equal -> equal.size() > 1)
                .forEach(equal -> {
                    SharedPriority all = of(equal);
                    all.policies().forEach(name -> shared.put(name, all));
                });
        return shared;
    }

    private static SharedPriority of(List<ClusterNetworkPolicy> equal) {
        ClusterNetworkPolicy any = equal.getFirst();
        return new SharedPriority(
                any.tier(),
                any.priority(),
                equal.stream()
                        .sorted(ClusterNetworkPolicy.ORDER)
                        .map(ClusterNetworkPolicy::name)
                        .toList());
    }

    /// The names as they are in a message, whole in brackets: what tells one set of policies from another.
    public String names() {
        List<String> named = new ArrayList<>(policies.subList(0, Math.min(NAMED, policies.size())));
        int more = policies.size() - named.size();
        return "[" + String.join(", ", named) + (more == 0 ? "" : " and " + more + " more") + "]";
    }

    /// One line for people: who else, in which order, and what to do.
    public String message() {
        return names() + " have priority " + priority + " of tier " + tier.apiName()
                + " and are asked in this order, the oldest first, then by name; others may ask them in another order:"
                + " give each a priority of its own";
    }
}
