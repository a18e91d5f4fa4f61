// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyTier;
import io.culvert.net.IpAddress;
import io.culvert.policy.Verdict.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the API says, read from its objects for each question anew: no identities, no classes, no tables, no sharing.
public final class Oracle {

    /// A new connection, seen from the pod at one of its ends.
    private record Question(PolicyPod pod, Direction direction, IpAddress peer, int protocol, int port) {}

    private final PolicyInputs cluster;

    public Oracle(PolicyInputs cluster) {
        this.cluster = cluster;
    }

    public Verdict verdict(PolicyPod pod, Direction direction, IpAddress peer, int protocol, int port) {
        Question question = new Question(pod, direction, peer, protocol, port);
        return tier(PolicyTier.ADMIN, Stage.ADMIN, Reason.ADMIN, question)
                .or(() -> networkPolicies(question))
                .or(() -> tier(PolicyTier.BASELINE, Stage.BASELINE, Reason.BASELINE, question))
                .orElse(new Verdict(true, Reason.DEFAULT, null));
    }

    /// The first rule that matches, unless it passes.
    private Optional<Verdict> tier(PolicyTier tier, Stage stage, Reason reason, Question question) {
        List<ClusterNetworkPolicy> policies = cluster.clusterNetworkPolicies().stream()
                .filter(policy -> policy.tier() == tier && matches(policy.subject(), question.pod))
                .sorted(Comparator.comparingInt(ClusterNetworkPolicy::priority)
                        .thenComparing(ClusterNetworkPolicy::created)
                        .thenComparing(ClusterNetworkPolicy::name))
                .toList();
        for (ClusterNetworkPolicy policy : policies) {
            List<ClusterNetworkPolicyRule> rules = policy.rules(question.direction);
            for (int i = 0; i < rules.size(); i++) {
                ClusterNetworkPolicyRule rule = rules.get(i);
                RuleId id = new RuleId(stage, new ObjectName("", policy.name()), question.direction, i);
                if (!rule.understood()) {
                    if (rule.action() != PolicyAction.ACCEPT) {
                        return Optional.of(new Verdict(false, reason, id));
                    }
                } else if (matches("", rule.peers(), rule.protocols(), question)) {
                    return rule.action() == PolicyAction.PASS
                            ? Optional.empty()
                            : Optional.of(new Verdict(rule.action() == PolicyAction.ACCEPT, reason, id));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Verdict> networkPolicies(Question question) {
        List<NetworkPolicy> policies = cluster.networkPolicies().stream()
                .filter(policy ->
                        policy.name().namespace().equals(question.pod.name().namespace()))
                .filter(policy -> policy.policyTypes().contains(question.direction))
                .filter(policy -> policy.podSelector().matches(question.pod.labels()))
                .sorted(Comparator.comparing(policy -> policy.name().name()))
                .toList();
        if (policies.isEmpty()) {
            return Optional.empty();
        }
        for (NetworkPolicy policy : policies) {
            var rules = question.direction == Direction.INGRESS ? policy.ingress() : policy.egress();
            for (int i = 0; i < rules.size(); i++) {
                if (matches(
                        policy.name().namespace(),
                        rules.get(i).peers(),
                        rules.get(i).ports(),
                        question)) {
                    RuleId id = new RuleId(Stage.NETWORK_POLICY, policy.name(), question.direction, i);
                    return Optional.of(new Verdict(true, Reason.NETWORK_POLICY, id));
                }
            }
        }
        boolean itself = question.pod.addresses().contains(question.peer);
        return Optional.of(new Verdict(itself, itself ? Reason.ITSELF : Reason.ISOLATED, null));
    }

    private boolean matches(String namespace, List<PolicyPeer> peers, List<PolicyPort> ports, Question question) {
        return (peers.isEmpty() || peers.stream().anyMatch(peer -> matches(namespace, peer, question.peer)))
                && (ports.isEmpty() || ports.stream().anyMatch(port -> matches(port, question)));
    }

    private boolean matches(String namespace, PolicyPeer peer, IpAddress address) {
        return switch (peer) {
            case PolicyPeer.OwnNamespacePods own ->
                podAt(address)
                        .filter(pod -> pod.name().namespace().equals(namespace))
                        .filter(pod -> own.pods().matches(pod.labels()))
                        .isPresent();
            case PolicyPeer.SelectedPods selected ->
                podAt(address).filter(pod -> matches(selected, pod)).isPresent();
            case PolicyPeer.IpBlock block ->
                block.cidr().contains(address) && block.except().stream().noneMatch(except -> except.contains(address));
            case PolicyPeer.SelectedNodes selected ->
                cluster.nodes().stream()
                        .filter(node -> selected.nodes().matches(node.labels()))
                        .anyMatch(node -> node.addresses().contains(address));
            case PolicyPeer.Unknown _ -> false;
        };
    }

    private boolean matches(PolicyPeer.SelectedPods selected, PolicyPod pod) {
        return selected.namespaces().matches(labelsOf(pod.name().namespace()))
                && selected.pods().matches(pod.labels());
    }

    private boolean matches(PolicyPort port, Question question) {
        return switch (port) {
            case PolicyPort.AnyPort any -> any.protocol().number() == question.protocol;
            case PolicyPort.Range range ->
                range.protocol().number() == question.protocol
                        && range.first() <= question.port
                        && question.port <= range.last();
            case PolicyPort.Named named ->
                portsOfDestination(question).stream()
                        .filter(port1 -> port1.name().equals(named.name()))
                        .filter(port1 -> named.protocol() == null || named.protocol() == port1.protocol())
                        .anyMatch(port1 ->
                                port1.protocol().number() == question.protocol && port1.number() == question.port);
            case PolicyPort.Unknown _ -> false;
        };
    }

    private Set<ContainerPort> portsOfDestination(Question question) {
        return question.direction == Direction.INGRESS
                ? question.pod.ports()
                : podAt(question.peer).map(PolicyPod::ports).orElse(Set.of());
    }

    private Map<String, String> labelsOf(String namespace) {
        return cluster.namespaces().stream()
                .filter(known -> known.name().equals(namespace))
                .findFirst()
                .orElse(Namespace.named(namespace))
                .labels();
    }

    /// The last of the running pods that were given an address, if it is no node's.
    private Optional<PolicyPod> podAt(IpAddress address) {
        List<PolicyPod> claimants = cluster.pods().stream()
                .filter(pod -> !pod.finished() && pod.addresses().contains(address))
                .toList();
        boolean ofNode =
                cluster.nodes().stream().anyMatch(node -> node.addresses().contains(address))
                        || claimants.stream().anyMatch(PolicyPod::hostNetwork);
        return ofNode
                ? Optional.empty()
                : claimants.stream()
                        .max(Comparator.comparing(PolicyPod::created)
                                .thenComparing(PolicyPod::uid)
                                .thenComparing(PolicyPod::name));
    }
}
