// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads a NetworkPolicy (networking.k8s.io/v1).
final class NetworkPolicyDecoder {

    private final BadEntries badEntries;

    NetworkPolicyDecoder(BadEntries badEntries) {
        this.badEntries = badEntries;
    }

    NetworkPolicy decode(Metadata metadata, Fields spec) {
        return new NetworkPolicy(
                metadata.name(),
                PolicyParts.selector(spec, "podSelector"),
                types(spec),
                rules(spec, "ingress", "from"),
                rules(spec, "egress", "to"));
    }

    private Set<Direction> types(Fields spec) {
        List<String> texts = spec.texts("policyTypes");
        Set<Direction> types = EnumSet.noneOf(Direction.class);
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            Optional<Direction> type = Stream.of(Direction.values())
                    .filter(direction -> direction.apiName().equals(text))
                    .findFirst();
            if (type.isPresent()) {
                types.add(type.get());
            } else {
                badEntries.found(spec.invalid("policyTypes", i, "\"" + text + "\" is neither Ingress nor Egress"));
            }
        }
        return types;
    }

    private List<NetworkPolicyRule> rules(Fields spec, String key, String peers) {
        List<NetworkPolicyRule> rules = new ArrayList<>();
        for (Fields rule : spec.each(key)) {
            rules.add(rule(rule, peers));
        }
        return rules;
    }

    /// A field beside those that are known may narrow the rule, so nothing goes by it.
    private NetworkPolicyRule rule(Fields rule, String peers) {
        try {
            PolicyParts.onlyKnows(rule, peers, "ports");
        } catch (InvalidObjectException e) {
            badEntries.found(e);
            return new NetworkPolicyRule(List.of(new PolicyPeer.Unknown(e.reason())), List.of());
        }
        return new NetworkPolicyRule(
                rule.each(peers).stream().map(this::peer).toList(),
                rule.each("ports").stream().map(this::port).toList());
    }

    private PolicyPort port(Fields fields) {
        try {
            return PolicyPorts.ofNetworkPolicy(fields);
        } catch (InvalidObjectException e) {
            badEntries.found(e);
            return new PolicyPort.Unknown(e.reason());
        }
    }

    private PolicyPeer peer(Fields fields) {
        try {
            PolicyParts.onlyKnows(fields, "podSelector", "namespaceSelector", "ipBlock");
            return known(fields);
        } catch (InvalidObjectException e) {
            badEntries.found(e);
            return new PolicyPeer.Unknown(e.reason());
        }
    }

    private static PolicyPeer known(Fields fields) {
        boolean pods = fields.has("podSelector");
        boolean namespaces = fields.has("namespaceSelector");
        if (fields.has("ipBlock")) {
            if (pods || namespaces) {
                throw fields.invalid("ipBlock", "cannot be together with selectors", "make two elements of it");
            }
            return ipBlock(fields.at("ipBlock"));
        }
        if (namespaces) {
            return PolicyParts.pods(fields);
        }
        if (!pods) {
            throw fields.invalid("podSelector", "is missing", "write podSelector, namespaceSelector or ipBlock");
        }
        return new PolicyPeer.OwnNamespacePods(PolicyParts.selector(fields, "podSelector"));
    }

    private static PolicyPeer ipBlock(Fields block) {
        PolicyParts.onlyKnows(block, "cidr", "except");
        IpPrefix cidr = PolicyParts.cidr(block, "cidr");
        List<IpPrefix> except = Addresses.prefixes(block, "except", BadEntries.REFUSE::found);
        for (int i = 0; i < except.size(); i++) {
            if (except.get(i).length() <= cidr.length()
                    || !cidr.contains(except.get(i).address())) {
                throw block.invalid("except", i, except.get(i) + " is not a part of " + cidr);
            }
        }
        return new PolicyPeer.IpBlock(cidr, except);
    }
}
