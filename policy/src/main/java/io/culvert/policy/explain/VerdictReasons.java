// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import io.culvert.policy.RuleId;
import io.culvert.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Verdicts in words.
final class VerdictReasons {

    private static final int MISSES = 10;

    private final SeenCluster cluster;
    private final List<SeenPolicy> policies;

    VerdictReasons(SeenCluster cluster) {
        this.cluster = cluster;
        this.policies = SeenPolicy.of(cluster.inputs());
    }

    String reason(PolicyPod pod, Direction direction, Verdict verdict) {
        return switch (verdict.reason()) {
            case ADMIN, NETWORK_POLICY, BASELINE -> rule(verdict.rule());
            case ITSELF -> "a pod may always talk to itself, as far as NetworkPolicies go";
            case ISOLATED ->
                "isolated by NetworkPolicy "
                        + isolating(pod, direction).stream()
                                .map(policy -> policy.name().toString())
                                .collect(Collectors.joining(", "))
                        + ", and no rule allows it";
            case DEFAULT ->
                selecting(pod, direction).isEmpty()
                        ? "no policy selects the pod for " + direction.apiName().toLowerCase(Locale.ROOT)
                        : "no rule matches, and no NetworkPolicy isolates the pod";
        };
    }

    /// Why each rule of the isolating policies does not match.
    List<String> misses(PolicyPod pod, Direction direction, Connections.Connection connection, IpAddress peer) {
        @Nullable PolicyPod destination = cluster.pod(connection.destination()).orElse(null);
        List<String> misses = new ArrayList<>();
        for (SeenPolicy policy : isolating(pod, direction)) {
            List<SeenRule> rules = policy.rules(direction);
            if (rules.isEmpty()) {
                misses.add(policy.name() + " has no rules: it allows nothing");
            }
            for (SeenRule rule : rules) {
                boolean ports = SeenCluster.names(rule, connection.protocol(), connection.port(), destination);
                misses.add(policy.name() + " " + rule.place() + " " + rule.text() + ": "
                        + miss(cluster.reaches(rule, peer), ports, connection));
            }
        }
        if (misses.size() <= MISSES) {
            return misses;
        }
        List<String> first = new ArrayList<>(misses.subList(0, MISSES));
        first.add("and " + (misses.size() - MISSES) + " more rules");
        return first;
    }

    private static String miss(boolean peers, boolean ports, Connections.Connection connection) {
        String port = Connections.port(connection.protocol(), connection.port());
        if (peers) {
            return "not " + port;
        }
        return ports ? "another peer" : "another peer, and not " + port;
    }

    private String rule(@Nullable RuleId id) {
        return policies.stream()
                .filter(policy -> id != null
                        && policy.stage() == id.stage()
                        && policy.name().equals(id.policy()))
                .flatMap(policy -> policy.rules().stream()
                        .filter(rule -> rule.id().equals(id))
                        .map(rule -> text(policy, rule)))
                .findFirst()
                .orElse(String.valueOf(id));
    }

    private static String text(SeenPolicy policy, SeenRule rule) {
        String name = policy.ofNetworkPolicy()
                ? policy.name().toString()
                : policy.name().name();
        String place = policy.ofNetworkPolicy() ? "" : " (" + policy.tier() + ", priority " + policy.priority() + ")";
        return policy.kind() + " " + name + place + " " + rule.place()
                + (rule.name().isEmpty() ? "" : " \"" + rule.name() + "\"") + " " + rule.text();
    }

    private List<SeenPolicy> selecting(PolicyPod pod, Direction direction) {
        return policies.stream()
                .filter(policy -> policy.directions().contains(direction) && cluster.selects(policy, pod))
                .toList();
    }

    private List<SeenPolicy> isolating(PolicyPod pod, Direction direction) {
        return selecting(pod, direction).stream()
                .filter(SeenPolicy::ofNetworkPolicy)
                .toList();
    }
}
