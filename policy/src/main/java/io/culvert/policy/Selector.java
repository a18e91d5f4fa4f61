// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyTier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds the policies that select a pod.
final class Selector {

    private final RuleBook rules;
    private final Map<String, Namespace> namespaces = new HashMap<>();

    Selector(List<Namespace> known, RuleBook rules) {
        this.rules = rules;
        known.forEach(namespace -> namespaces.put(namespace.name(), namespace));
    }

    Selection select(PolicyPod pod, Direction direction) {
        List<Rule> allows = new ArrayList<>();
        boolean isolated = false;
        for (RuleBook.NamespacedEntry entry : rules.of(pod.name().namespace())) {
            if (entry.policy().isolates(direction) && selects(entry, pod)) {
                isolated = true;
                allows.addAll(entry.rules().getOrDefault(direction, List.of()));
            }
        }
        List<Rule> admin = tier(PolicyTier.ADMIN, pod, direction);
        List<Rule> baseline = tier(PolicyTier.BASELINE, pod, direction);
        Set<ContainerPort> ports = direction == Direction.EGRESS
                ? Set.of()
                : Stream.of(admin, allows, baseline)
                        .flatMap(List::stream)
                        .flatMap(Rule::namedPorts)
                        .flatMap(name -> pod.ports().stream().filter(name::matches))
                        .collect(Collectors.toUnmodifiableSet());
        return new Selection(direction, isolated, admin, allows, baseline, ports);
    }

    boolean selects(RuleBook.NamespacedEntry entry, PolicyPod pod) {
        return entry.policy().podSelector().matches(pod.labels());
    }

    boolean selects(RuleBook.ClusterEntry entry, PolicyPod pod) {
        PolicyPeer.SelectedPods subject = entry.policy().subject();
        Namespace namespace = namespaces.computeIfAbsent(pod.name().namespace(), Namespace::named);
        return subject.namespaces().matches(namespace.labels())
                && subject.pods().matches(pod.labels());
    }

    private List<Rule> tier(PolicyTier tier, PolicyPod pod, Direction direction) {
        return rules.of(tier).stream()
                .filter(entry -> selects(entry, pod))
                .flatMap(entry -> entry.rules().getOrDefault(direction, List.of()).stream())
                .toList();
    }
}
