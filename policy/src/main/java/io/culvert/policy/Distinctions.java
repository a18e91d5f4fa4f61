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
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What the policies of the cluster tell pods apart by. Everything else is left out of identities.
final class Distinctions {

    private final Set<String> namespaceKeys = new HashSet<>();
    private final Set<String> podKeys = new HashSet<>();
    private final Set<String> portNames = new HashSet<>();
    private final Set<PolicyPeer.IpBlock> blocks = new HashSet<>();

    Distinctions(RuleBook rules) {
        rules.rules().flatMap(rule -> rule.peers().stream()).forEach(this::add);
        rules.rules(Direction.EGRESS).forEach(this::addNames);
    }

    /// Whether identities are the same by others as by these.
    boolean tellsTheSameAs(Distinctions other) {
        return namespaceKeys.equals(other.namespaceKeys)
                && podKeys.equals(other.podKeys)
                && portNames.equals(other.portNames)
                && blocks.equals(other.blocks);
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
                blocks.stream().filter(block -> block.contains(address)).collect(Collectors.toSet()));
    }

    private void add(PolicyPeer peer) {
        switch (peer) {
            case PolicyPeer.OwnNamespacePods own -> add(podKeys, own.pods());
            case PolicyPeer.SelectedPods selected -> {
                add(namespaceKeys, selected.namespaces());
                add(podKeys, selected.pods());
            }
            case PolicyPeer.IpBlock _, PolicyPeer.SelectedNodes _, PolicyPeer.Unknown _ -> {}
        }
    }

    private void addNames(Rule rule) {
        Set<String> names = rule.namedPorts().map(PolicyPort.Named::name).collect(Collectors.toSet());
        if (!names.isEmpty()) {
            portNames.addAll(names);
            rule.peers().forEach(peer -> {
                if (peer instanceof PolicyPeer.IpBlock block) {
                    blocks.add(block);
                }
            });
        }
    }

    private static void add(Set<String> keys, LabelSelector selector) {
        selector.keys().forEach(keys::add);
    }

    private static Map<String, String> only(Set<String> keys, Map<String, String> labels) {
        Map<String, String> kept = new HashMap<>();
        labels.forEach((key, value) -> {
            if (keys.contains(key)) {
                kept.put(key, value);
            }
        });
        return kept;
    }
}
