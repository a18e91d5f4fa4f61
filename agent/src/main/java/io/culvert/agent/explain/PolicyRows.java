// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.agent.view.PolicyRow;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.maps.PacketCount;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyView;
import io.culvert.policy.PolicyWarning;
import io.culvert.policy.RuleId;
import io.culvert.policy.explain.ClassicMistakes;
import io.culvert.policy.explain.SeenCluster;
import io.culvert.policy.explain.SeenPolicy;
import io.culvert.policy.explain.SeenRule;
import io.culvert.policy.explain.ServiceTargets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/// Rows of `policy list` and `policy get`: what the cluster wants, and what became of it here.
final class PolicyRows {

    private final PolicyInputs wanted;
    private final SeenCluster cluster;
    private final Optional<PolicyView> enforced;
    private final Set<Object> enforcedObjects = new HashSet<>();
    private final BiFunction<PolicyView, RuleId, Optional<PacketCount>> counters;

    PolicyRows(
            PolicyInputs wanted,
            Optional<PolicyView> enforced,
            BiFunction<PolicyView, RuleId, Optional<PacketCount>> counters) {
        this.wanted = wanted;
        this.cluster = new SeenCluster(wanted);
        this.enforced = enforced;
        this.counters = counters;
        enforced.ifPresent(view -> {
            enforcedObjects.addAll(view.inputs().networkPolicies());
            enforcedObjects.addAll(view.inputs().clusterNetworkPolicies());
        });
    }

    /// @param namespace empty for all
    List<PolicyRow> list(String namespace) {
        return SeenPolicy.of(wanted).stream()
                .filter(policy ->
                        namespace.isEmpty() || policy.name().namespace().equals(namespace))
                .map(policy -> row(policy, List.of()))
                .toList();
    }

    /// With warnings.
    ///
    /// @param namespace empty for all, and for none
    List<PolicyRow> get(String namespace, String name, List<ServiceTargets> services) {
        return SeenPolicy.of(wanted).stream()
                .filter(policy -> policy.name().name().equals(name))
                .filter(policy ->
                        namespace.isEmpty() || policy.name().namespace().equals(namespace))
                .map(policy -> row(policy, warnings(policy, services)))
                .toList();
    }

    private List<String> warnings(SeenPolicy policy, List<ServiceTargets> services) {
        Stream<PolicyWarning> compiled = enforced.stream().flatMap(view -> view.plan().warnings().stream());
        return Stream.concat(
                        compiled, ClassicMistakes.of(wanted, services, name -> name.equals(policy.name())).stream())
                .filter(warning -> warning.policy().equals(policy.name()))
                .map(PolicyWarning::message)
                .distinct()
                .toList();
    }

    private PolicyRow row(SeenPolicy policy, List<String> warnings) {
        int pods = cluster.local(policy).size();
        return new PolicyRow(
                policy.name().namespace(),
                policy.name().name(),
                policy.kind(),
                policy.tier(),
                policy.priority(),
                policy.subjectText(),
                pods,
                directions(policy),
                policy.rules().stream().map(this::rule).toList(),
                enforced.map(PolicyView::generation).orElse(0L),
                status(policy, pods),
                warnings);
    }

    private static List<String> directions(SeenPolicy policy) {
        List<String> directions = new ArrayList<>();
        for (Direction direction : Direction.values()) {
            if (policy.directions().contains(direction)) {
                directions.add(direction.apiName().toLowerCase(Locale.ROOT));
            }
        }
        return directions;
    }

    private PolicyRow.Rule rule(SeenRule rule) {
        // What passes on is decided about by another rule, which counts it.
        Optional<PacketCount> count = rule.action() == PolicyAction.PASS
                ? Optional.empty()
                : enforced.flatMap(view -> counters.apply(view, rule.id()));
        return new PolicyRow.Rule(
                rule.place(),
                rule.name(),
                rule.text(),
                count.map(PacketCount::packets).orElse(null),
                count.map(PacketCount::bytes).orElse(null));
    }

    private String status(SeenPolicy policy, int pods) {
        if (enforced.isEmpty()) {
            return "not enforced";
        }
        if (enforcedObjects.contains(object(policy))) {
            return "enforced on " + pods + " pods";
        }
        List<String> problems = enforced.get().problems();
        return problems.isEmpty() ? "pending" : "error: " + problems.getFirst();
    }

    private Object object(SeenPolicy policy) {
        Stream<NetworkPolicy> namespaced = wanted.networkPolicies().stream()
                .filter(object -> policy.ofNetworkPolicy() && object.name().equals(policy.name()));
        Stream<ClusterNetworkPolicy> ofCluster = wanted.clusterNetworkPolicies().stream()
                .filter(object -> !policy.ofNetworkPolicy()
                        && object.name().equals(policy.name().name()));
        return Stream.concat(namespaced, ofCluster).findFirst().orElseThrow();
    }
}
