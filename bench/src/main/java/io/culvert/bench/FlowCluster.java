// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.NodeLabel;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.Party.Reserved;
import io.culvert.observability.names.PolicyName;
import io.culvert.observability.names.PolicyRule;
import io.culvert.observability.names.RuleMatch;
import io.culvert.observability.names.ServiceName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Names of a cluster of 5,000 pods in 50 namespaces, whose Services have one port each.
final class FlowCluster implements FlowNames {

    static final int PODS = 5_000;

    private static final int NAMESPACES = 50;
    private static final int FIRST_IDENTITY = 256;
    private static final int PORTS = 20;

    private final Map<IpAddress, Party> parties = new HashMap<>();

    FlowCluster() {
        for (int number = 0; number < PODS; number++) {
            parties.put(pod(number), party(number));
        }
    }

    private static Party party(int number) {
        String app = "app" + number % 100;
        return new Party(
                FIRST_IDENTITY + number % 100,
                "ns" + number % NAMESPACES,
                "pod-" + number,
                List.of("k8s:app=" + app, "k8s:tier=tier" + number % 3),
                List.of(new Party.Workload("Deployment", app)));
    }

    /// The pods as objects, on another node.
    static String manifest() {
        StringBuilder yaml = new StringBuilder();
        for (int number = 0; number < PODS; number++) {
            yaml.append("""
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: pod-%d, namespace: ns%d, uid: u%d, labels: {app: app%d, tier: tier%d}}
                    spec: {nodeName: n2, containers: [{name: main}]}
                    status: {phase: Running, podIPs: [{ip: %s}]}
                    """.formatted(number, number % NAMESPACES, number, number % 100, number % 3, pod(number)));
        }
        return yaml.toString();
    }

    /// Pods in turn.
    static IpAddress pod(int number) {
        return IpAddress.ofV4(10 << 24 | 1 << 16 | number % PODS);
    }

    /// Ports that pods serve, in turn.
    static int port(int number) {
        return 8000 + number % PORTS;
    }

    @Override
    public NodeLabel node() {
        return new NodeLabel("default", "n1", "bench");
    }

    @Override
    public List<String> nodeLabels() {
        return List.of("kubernetes.io/hostname=n1");
    }

    @Override
    public Party party(IpAddress address, int identity) {
        return parties.getOrDefault(address, Reserved.WORLD.party());
    }

    @Override
    public Optional<Party> ofCgroup(long cgroup) {
        return Optional.empty();
    }

    @Override
    public Optional<ServiceName> service(int index) {
        return Optional.of(new ServiceName("ns" + index % NAMESPACES, "svc-" + index));
    }

    @Override
    public Optional<IpAddress> addressOfCgroup(long cgroup, IpFamily family) {
        return Optional.empty();
    }

    @Override
    public Optional<ServiceName> frontend(IpPort frontend, int protocol) {
        return Optional.empty();
    }

    @Override
    public boolean hasFrontends(IpAddress address) {
        return false;
    }

    @Override
    public Optional<PolicyRule> rule(int rule) {
        return Optional.of(
                new PolicyRule(new PolicyName("NetworkPolicy", "ns0", "rule" + rule), RuleMatch.PEER_AND_PORT, 1));
    }

    @Override
    public Optional<String> networkInterface(int ifindex) {
        return Optional.of("veth" + ifindex);
    }
}
