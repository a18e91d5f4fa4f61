// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.ClusterNetworkPolicyRule;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyTier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Reads a ClusterNetworkPolicy (policy.networking.k8s.io/v1alpha2).
final class ClusterNetworkPolicyDecoder {

    private static final int LAST_PRIORITY = 1_000;

    private final BadEntries badEntries;

    ClusterNetworkPolicyDecoder(BadEntries badEntries) {
        this.badEntries = badEntries;
    }

    ClusterNetworkPolicy decode(Metadata metadata, Fields spec) {
        if (!spec.has("priority")) {
            throw spec.invalid("priority", "is missing", "");
        }
        return new ClusterNetworkPolicy(
                metadata.name().name(),
                metadata.created(),
                tier(spec),
                spec.number("priority", 0, 0, LAST_PRIORITY, "a priority"),
                selected(spec.at("subject"), "namespaces", "pods"),
                rules(spec, "ingress", "from", "namespaces", "pods"),
                rules(spec, "egress", "to", "namespaces", "pods", "networks", "nodes"));
    }

    private static PolicyTier tier(Fields spec) {
        String text = spec.requiredText("tier");
        return Stream.of(PolicyTier.values())
                .filter(tier -> tier.apiName().equals(text))
                .findFirst()
                .orElseThrow(() -> spec.invalid("tier", "\"" + text + "\" is not a tier", "use Admin or Baseline"));
    }

    private List<ClusterNetworkPolicyRule> rules(Fields spec, String key, String peersKey, String... peers) {
        List<ClusterNetworkPolicyRule> rules = new ArrayList<>();
        for (Fields rule : spec.each(key)) {
            rules.add(rule(rule, peersKey, peers));
        }
        return rules;
    }

    /// A rule of which even the action is not known denies, as one with an unknown peer that is no Accept does.
    private ClusterNetworkPolicyRule rule(Fields rule, String peersKey, String... known) {
        String name = rule.text("name").orElse("");
        PolicyAction action = PolicyAction.DENY;
        List<PolicyPeer> peers = new ArrayList<>();
        try {
            action = action(rule);
            PolicyParts.onlyKnows(rule, "name", "action", peersKey, "protocols");
            if (rule.each(peersKey).isEmpty()) {
                throw rule.invalid(peersKey, "is empty", "write at least one peer");
            }
        } catch (InvalidObjectException e) {
            badEntries.found(e);
            peers.add(new PolicyPeer.Unknown(e.reason()));
        }
        for (Fields peer : rule.each(peersKey)) {
            peers.addAll(peer(peer, known));
        }
        return new ClusterNetworkPolicyRule(
                name,
                action,
                peers,
                rule.each("protocols").stream().map(this::protocol).toList());
    }

    private static PolicyAction action(Fields rule) {
        String text = rule.requiredText("action");
        return Stream.of(PolicyAction.values())
                .filter(action -> action.apiName().equals(text))
                .findFirst()
                .orElseThrow(
                        () -> rule.invalid("action", "\"" + text + "\" is not an action", "use Accept, Deny or Pass"));
    }

    private PolicyPort protocol(Fields fields) {
        try {
            return PolicyPorts.ofClusterNetworkPolicy(fields);
        } catch (InvalidObjectException e) {
            badEntries.found(e);
            return new PolicyPort.Unknown(e.reason());
        }
    }

    /// One element, which several networks may make several of.
    private List<? extends PolicyPeer> peer(Fields fields, String... known) {
        try {
            PolicyParts.onlyKnows(fields, known);
            if (fields.has("nodes")) {
                exactlyOne(fields, known);
                return List.of(new PolicyPeer.SelectedNodes(PolicyParts.selector(fields, "nodes")));
            }
            if (fields.has("networks")) {
                exactlyOne(fields, known);
                return networks(fields);
            }
            return List.of(selected(fields, known));
        } catch (InvalidObjectException e) {
            badEntries.found(e);
            return List.of(new PolicyPeer.Unknown(e.reason()));
        }
    }

    private static List<PolicyPeer.IpBlock> networks(Fields fields) {
        List<PolicyPeer.IpBlock> blocks = Addresses.prefixes(fields, "networks", BadEntries.REFUSE::found).stream()
                .map(cidr -> new PolicyPeer.IpBlock(cidr, List.of()))
                .toList();
        if (blocks.isEmpty()) {
            throw fields.invalid("networks", "is empty", "write at least one CIDR");
        }
        return blocks;
    }

    private static PolicyPeer.SelectedPods selected(Fields fields, String... known) {
        exactlyOne(fields, known);
        if (fields.has("namespaces")) {
            return new PolicyPeer.SelectedPods(PolicyParts.selector(fields, "namespaces"), LabelSelector.EVERYTHING);
        }
        Fields pods = fields.at("pods");
        PolicyParts.onlyKnows(pods, "namespaceSelector", "podSelector");
        return PolicyParts.pods(pods);
    }

    private static void exactlyOne(Fields fields, String... known) {
        PolicyParts.onlyKnows(fields, known);
        if (fields.mapping().entries().size() != 1) {
            throw fields.invalid(known[0], "must be there, or another kind of peer, and only one", "");
        }
    }
}
