// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelRequirement;
import io.culvert.cluster.policy.LabelRequirement.Operator;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.cluster.policy.PolicyTier;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Policies as short as they can be written down. Selectors are written as kubectl reads them.
final class Written {

    private static final Pattern REQUIREMENT = Pattern.compile(
            "(?<absent>!)?(?<key>[^\\s=!,]+)(=(?<value>[^,]*)| (?<not>not)?in \\((?<values>[^)]*)\\))?");

    private Written() {}

    /// `a=b,c in (d,e),f notin (g),h,!i`; nothing for everything.
    static LabelSelector selector(String text) {
        Map<String, String> labels = new HashMap<>();
        List<LabelRequirement> expressions = new ArrayList<>();
        Matcher part = REQUIREMENT.matcher(text);
        while (part.find()) {
            String key = part.group("key");
            if (part.group("value") != null) {
                labels.put(key, part.group("value"));
            } else if (part.group("values") != null) {
                Operator operator = part.group("not") == null ? Operator.IN : Operator.NOT_IN;
                expressions.add(new LabelRequirement(
                        key, operator, Set.of(part.group("values").split(","))));
            } else {
                Operator operator = part.group("absent") == null ? Operator.EXISTS : Operator.DOES_NOT_EXIST;
                expressions.add(new LabelRequirement(key, operator, Set.of()));
            }
        }
        return new LabelSelector(labels, expressions);
    }

    /// @param name `namespace/name`
    static NetworkPolicy policy(
            String name, String podSelector, Set<Direction> types, List<RuleDraft> ingress, List<RuleDraft> egress) {
        return new NetworkPolicy(
                objectName(name),
                selector(podSelector),
                types,
                ingress.stream().map(RuleDraft::namespaced).toList(),
                egress.stream().map(RuleDraft::namespaced).toList());
    }

    /// Isolates for ingress.
    static NetworkPolicy ingress(String name, String podSelector, RuleDraft... rules) {
        return policy(name, podSelector, Set.of(Direction.INGRESS), List.of(rules), List.of());
    }

    /// Isolates for egress.
    static NetworkPolicy egress(String name, String podSelector, RuleDraft... rules) {
        return policy(name, podSelector, Set.of(Direction.EGRESS), List.of(), List.of(rules));
    }

    /// A ClusterNetworkPolicy whose rules are for ingress.
    static ClusterNetworkPolicy ingress(
            PolicyTier tier, int priority, String name, PolicyPeer.SelectedPods subject, RuleDraft... rules) {
        return cluster(tier, priority, name, subject, List.of(rules), List.of());
    }

    /// A ClusterNetworkPolicy whose rules are for egress.
    static ClusterNetworkPolicy egress(
            PolicyTier tier, int priority, String name, PolicyPeer.SelectedPods subject, RuleDraft... rules) {
        return cluster(tier, priority, name, subject, List.of(), List.of(rules));
    }

    static PolicyPeer pods(String selector) {
        return new PolicyPeer.OwnNamespacePods(selector(selector));
    }

    static PolicyPeer.SelectedPods namespaces(String selector) {
        return pods(selector, "");
    }

    static PolicyPeer.SelectedPods pods(String namespaces, String pods) {
        return new PolicyPeer.SelectedPods(selector(namespaces), selector(pods));
    }

    static PolicyPeer.IpBlock ipBlock(String cidr, String... except) {
        return new PolicyPeer.IpBlock(
                prefix(cidr), Stream.of(except).map(Written::prefix).toList());
    }

    static PolicyPeer nodes(String selector) {
        return new PolicyPeer.SelectedNodes(selector(selector));
    }

    static PolicyPort port(Protocol protocol, int port) {
        return PolicyPort.Range.single(protocol, port);
    }

    static PolicyPort tcp(int port) {
        return port(Protocol.TCP, port);
    }

    static PolicyPort tcp(int port, int endPort) {
        return new PolicyPort.Range(Protocol.TCP, port, endPort);
    }

    static PolicyPort udp(int port) {
        return port(Protocol.UDP, port);
    }

    static PolicyPort any(Protocol protocol) {
        return new PolicyPort.AnyPort(protocol);
    }

    static PolicyPort named(Protocol protocol, String name) {
        return new PolicyPort.Named(protocol, name);
    }

    /// As `destinationNamedPort` of a ClusterNetworkPolicy.
    static PolicyPort named(String name) {
        return new PolicyPort.Named(null, name);
    }

    static ObjectName objectName(String text) {
        int slash = text.indexOf('/');
        return new ObjectName(text.substring(0, slash), text.substring(slash + 1));
    }

    static IpPrefix prefix(String text) {
        return IpPrefix.parse(text).orElseThrow(() -> new IllegalArgumentException("not a CIDR: " + text));
    }

    private static ClusterNetworkPolicy cluster(
            PolicyTier tier,
            int priority,
            String name,
            PolicyPeer.SelectedPods subject,
            List<RuleDraft> ingress,
            List<RuleDraft> egress) {
        return new ClusterNetworkPolicy(
                name,
                Instant.EPOCH,
                tier,
                priority,
                subject,
                ingress.stream().map(RuleDraft::clustered).toList(),
                egress.stream().map(RuleDraft::clustered).toList());
    }
}
