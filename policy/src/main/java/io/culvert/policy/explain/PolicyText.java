// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelRequirement;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Parts of policies in words.
final class PolicyText {

    private PolicyText() {}

    /// `allows TCP 80 from pods app=web`
    static String rule(SeenRule rule) {
        String peers = rule.peers().isEmpty()
                ? "everyone"
                : rule.peers().stream().map(PolicyText::peer).collect(Collectors.joining(", or "));
        String preposition = rule.id().direction() == Direction.INGRESS ? "from " : "to ";
        return action(rule.action(), rule.ofNetworkPolicy()) + " " + ports(rule.ports()) + " " + preposition + peers;
    }

    static String action(PolicyAction action, boolean networkPolicy) {
        return switch (action) {
            case ACCEPT -> networkPolicy ? "allows" : "accepts";
            case DENY -> "denies";
            case PASS -> "passes on";
        };
    }

    static String peer(PolicyPeer peer) {
        return switch (peer) {
            case PolicyPeer.OwnNamespacePods own -> pods(own.pods()) + " of this namespace";
            case PolicyPeer.SelectedPods selected ->
                pods(selected.pods())
                        + (selected.namespaces().equals(LabelSelector.EVERYTHING)
                                ? " of all namespaces"
                                : " of namespaces " + selector(selected.namespaces()));
            case PolicyPeer.IpBlock block -> block(block);
            case PolicyPeer.SelectedNodes nodes ->
                nodes.nodes().equals(LabelSelector.EVERYTHING) ? "all nodes" : "nodes " + selector(nodes.nodes());
            case PolicyPeer.Unknown unknown -> "nobody (" + unknown.what() + ")";
        };
    }

    private static String pods(LabelSelector selector) {
        return selector.equals(LabelSelector.EVERYTHING) ? "all pods" : "pods " + selector(selector);
    }

    private static String block(PolicyPeer.IpBlock block) {
        return block.except().isEmpty()
                ? block.cidr().toString()
                : block.cidr() + " except "
                        + block.except().stream().map(IpPrefix::toString).collect(Collectors.joining(", "));
    }

    static String ports(List<PolicyPort> ports) {
        return ports.isEmpty()
                ? "everything"
                : ports.stream().map(PolicyText::port).collect(Collectors.joining(", "));
    }

    private static String port(PolicyPort port) {
        return switch (port) {
            case PolicyPort.AnyPort any -> any.protocol().name();
            case PolicyPort.Range range ->
                range.protocol() + " " + range.first() + (range.first() == range.last() ? "" : "-" + range.last());
            case PolicyPort.Named named -> protocol(named.protocol()) + "\"" + named.name() + "\"";
            case PolicyPort.Unknown unknown -> "nothing (" + unknown.what() + ")";
        };
    }

    private static String protocol(@Nullable Protocol protocol) {
        return protocol == null ? "" : protocol + " ";
    }

    /// As kubectl writes selectors: `a=b,c in (d,e),!f`; empty for everything.
    static String selector(LabelSelector selector) {
        return Stream.concat(
                        selector.matchLabels().entrySet().stream()
                                .map(label -> label.getKey() + "=" + label.getValue())
                                .sorted(),
                        selector.matchExpressions().stream().map(PolicyText::requirement))
                .collect(Collectors.joining(","));
    }

    private static String requirement(LabelRequirement requirement) {
        String values = requirement.values().stream().sorted().collect(Collectors.joining(",", "(", ")"));
        return switch (requirement.operator()) {
            case IN -> requirement.key() + " in " + values;
            case NOT_IN -> requirement.key() + " notin " + values;
            case EXISTS -> requirement.key();
            case DOES_NOT_EXIST -> "!" + requirement.key();
        };
    }
}
