// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyTier;
import io.culvert.net.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// ClusterNetworkPolicies as manifests, for pods a and b of namespace x: one on each node of a [PolicyLab].
final class ClusterPolicyText {

    /// Who is asked about, as [PodPairs] write it.
    static final List<String> SUBJECTS = List.of("x/a", "x/b");

    private static final String SUBJECT = "{namespaceSelector: {matchLabels: {ns: x}}, "
            + "podSelector: {matchExpressions: [{key: pod, operator: In, values: [a, b]}]}}";

    private ClusterPolicyText() {}

    /// A rule of either direction.
    ///
    /// @param action as the API has it
    /// @param peer an element of `from` or `to`
    /// @param protocols elements of `protocols`; none: all
    record Rule(String action, String peer, List<String> protocols) {

        static Rule of(String action, String peer, String... protocols) {
            return new Rule(action, peer, List.of(protocols));
        }

        private String yaml(Direction direction) {
            return "{action: %s, %s: [%s]%s}"
                    .formatted(
                            action,
                            direction == Direction.INGRESS ? "from" : "to",
                            peer,
                            protocols.isEmpty() ? "" : ", protocols: [" + String.join(", ", protocols) + "]");
        }
    }

    static String policy(PolicyTier tier, int priority, String name, Map<Direction, List<Rule>> rules) {
        String lists = Stream.of(Direction.values())
                .filter(rules::containsKey)
                .map(direction -> list(direction, rules.getOrDefault(direction, List.of())))
                .collect(Collectors.joining());
        return """
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: %s}
                spec:
                  tier: %s
                  priority: %d
                  subject: {pods: %s}
                %s""".formatted(name, tier.apiName(), priority, SUBJECT, lists);
    }

    private static String list(Direction direction, List<Rule> rules) {
        return "  " + direction.apiName().toLowerCase(Locale.ROOT) + ": "
                + rules.stream().map(rule -> rule.yaml(direction)).toList() + "\n";
    }

    static String policy(PolicyTier tier, int priority, String name, Direction direction, Rule... rules) {
        return policy(tier, priority, name, Map.of(direction, List.of(rules)));
    }

    static String namespace(String name) {
        return "{namespaces: {matchLabels: {ns: " + name + "}}}";
    }

    static String everyPod() {
        return "{namespaces: {}}";
    }

    /// A pod as `y/a`.
    static String pod(String name) {
        String[] parts = name.split("/");
        return "{pods: {namespaceSelector: {matchLabels: {ns: %s}}, podSelector: {matchLabels: {pod: %s}}}}"
                .formatted(parts[0], parts[1]);
    }

    static String networks(IpAddress... addresses) {
        return Arrays.stream(addresses)
                .map(address -> "\"" + address + "/" + address.family().bits() + "\"")
                .collect(Collectors.joining(", ", "{networks: [", "]}"));
    }

    /// @param traffic as `tcp/80`, or `tcp` for all ports
    static String protocol(String traffic) {
        String[] parts = traffic.split("/");
        return "{%s: {%s}}".formatted(parts[0], parts.length == 1 ? "" : "destinationPort: {number: " + parts[1] + "}");
    }

    static String namedPort(String name) {
        return "{destinationNamedPort: " + name + "}";
    }

    /// The pairs of each subject with a peer, in which the subject is asked in a direction.
    ///
    /// @param peers as [PodPairs] write them
    static Stream<String> pairs(Direction direction, String... peers) {
        return Stream.of(peers)
                .flatMap(peer -> SUBJECTS.stream()
                        .map(subject ->
                                direction == Direction.INGRESS ? peer + " -> " + subject : subject + " -> " + peer));
    }
}
