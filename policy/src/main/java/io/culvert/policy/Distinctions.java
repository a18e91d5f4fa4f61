// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.net.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What the policies of the cluster tell pods apart by. Everything else is left out of identities.
final class Distinctions {

    private final Counts<String> namespaceKeys = new Counts<>();
    private final Counts<String> podKeys = new Counts<>();
    private final Counts<String> portNames = new Counts<>();
    private final Counts<PolicyPeer.IpBlock> blocks = new Counts<>();

    Distinctions() {}

    Distinctions(RuleBook rules) {
        rules.rules().forEach(rule -> count(rule, 1));
    }

    /// Whether identities may be others than when this was last asked.
    boolean takeChanged() {
        boolean changed = namespaceKeys.takeChanged();
        changed |= podKeys.takeChanged();
        changed |= portNames.takeChanged();
        changed |= blocks.takeChanged();
        return changed;
    }

    Identity identity(IpAddress address, PolicyPod pod, Namespace namespace) {
        Set<ContainerPort> ports = pod.ports().stream()
                .filter(port -> portNames.contains(port.name()))
                .collect(Collectors.toSet());
        return new Identity(
                namespace.name(),
                only(namespaceKeys, namespace.labels()),
                only(podKeys, pod.labels()),
                ports,
                blocks.members().stream()
                        .filter(block -> block.contains(address))
                        .collect(Collectors.toSet()));
    }

    /// @param by how many more rules like this there are; negative for fewer
    void count(Rule rule, int by) {
        rule.peers().forEach(peer -> count(peer, by));
        if (rule.id().direction() == Direction.EGRESS) {
            countNames(rule, by);
        }
    }

    private void count(PolicyPeer peer, int by) {
        switch (peer) {
            case PolicyPeer.OwnNamespacePods own -> count(podKeys, own.pods(), by);
            case PolicyPeer.SelectedPods selected -> {
                count(namespaceKeys, selected.namespaces(), by);
                count(podKeys, selected.pods(), by);
            }
            case PolicyPeer.IpBlock _, PolicyPeer.SelectedNodes _, PolicyPeer.Unknown _ -> {}
        }
    }

    private void countNames(Rule rule, int by) {
        List<String> names = rule.namedPorts().map(PolicyPort.Named::name).toList();
        if (!names.isEmpty()) {
            names.forEach(name -> portNames.count(name, by));
            rule.peers().forEach(peer -> {
                if (peer instanceof PolicyPeer.IpBlock block) {
                    blocks.count(block, by);
                }
            });
        }
    }

    private static void count(Counts<String> keys, LabelSelector selector, int by) {
        selector.keys().forEach(key -> keys.count(key, by));
    }

    private static Map<String, String> only(Counts<String> keys, Map<String, String> labels) {
        Map<String, String> kept = new HashMap<>();
        labels.forEach((key, value) -> {
            if (keys.contains(key)) {
                kept.put(key, value);
            }
        });
        return kept;
    }
}
