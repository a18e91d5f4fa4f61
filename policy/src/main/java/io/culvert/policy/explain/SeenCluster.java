// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.policy.PolicyInputs;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Pods and namespaces by name and address, and whom selectors mean. Slow and plain: it serves a question of a user.
public final class SeenCluster {

    private final Map<String, Namespace> namespaces = new HashMap<>();
    private final Map<ObjectName, PolicyPod> pods = new HashMap<>();
    private final Map<IpAddress, PolicyPod> owners = new HashMap<>();
    private final List<PolicyPod> governed;
    private final PolicyInputs inputs;

    public SeenCluster(PolicyInputs inputs) {
        this.inputs = inputs;
        inputs.namespaces().forEach(namespace -> namespaces.put(namespace.name(), namespace));
        inputs.pods().forEach(pod -> pods.put(pod.name(), pod));
        governed = inputs.pods().stream().filter(PolicyPod::governed).toList();
        governed.stream()
                .sorted(Comparator.comparing(PolicyPod::created)
                        .thenComparing(PolicyPod::uid)
                        .thenComparing(PolicyPod::name))
                .forEach(pod -> pod.addresses().forEach(address -> owners.put(address, pod)));
    }

    PolicyInputs inputs() {
        return inputs;
    }

    public Optional<PolicyPod> pod(ObjectName name) {
        return Optional.ofNullable(pods.get(name));
    }

    /// The pod that policies know at an address.
    public Optional<PolicyPod> pod(IpAddress address) {
        return Optional.ofNullable(owners.get(address));
    }

    /// Pods that policies apply to.
    List<PolicyPod> governed() {
        return governed;
    }

    /// Whether what a pod's policies would drop is counted, and passes.
    public boolean isAudited(ObjectName pod) {
        Namespace namespace = namespaces.get(pod.namespace());
        return namespace != null && namespace.audit();
    }

    /// The pods of this node that a policy selects.
    public List<PolicyPod> local(SeenPolicy policy) {
        return inputs.localPods().stream()
                .flatMap(name -> pod(name).stream())
                .filter(pod -> selects(policy, pod))
                .toList();
    }

    public boolean selects(SeenPolicy policy, PolicyPod pod) {
        return pod.governed() && means(policy.subject(), policy.name(), pod);
    }

    /// Whether a selector means a pod; blocks and nodes mean none by themselves.
    boolean means(PolicyPeer peer, ObjectName policy, PolicyPod pod) {
        return switch (peer) {
            case PolicyPeer.OwnNamespacePods own ->
                pod.name().namespace().equals(policy.namespace()) && own.pods().matches(pod.labels());
            case PolicyPeer.SelectedPods selected ->
                selected.namespaces().matches(namespace(pod).labels())
                        && selected.pods().matches(pod.labels());
            case PolicyPeer.IpBlock _, PolicyPeer.SelectedNodes _, PolicyPeer.Unknown _ -> false;
        };
    }

    /// Whether one of a rule's peers is at an address.
    boolean reaches(SeenRule rule, IpAddress address) {
        return (rule.ofNetworkPolicy() && rule.peers().isEmpty())
                || rule.peers().stream()
                        .anyMatch(peer -> reaches(peer, rule.id().policy(), address));
    }

    private boolean reaches(PolicyPeer peer, ObjectName policy, IpAddress address) {
        return switch (peer) {
            case PolicyPeer.IpBlock block -> block.contains(address);
            case PolicyPeer.SelectedNodes nodes ->
                inputs.nodes().stream()
                        .anyMatch(node -> nodes.nodes().matches(node.labels())
                                && node.addresses().contains(address));
            case PolicyPeer.OwnNamespacePods _, PolicyPeer.SelectedPods _, PolicyPeer.Unknown _ ->
                pod(address).filter(pod -> means(peer, policy, pod)).isPresent();
        };
    }

    /// Whether a rule names a port of a destination.
    ///
    /// @param protocol IANA's number; only rules without ports mean those that have none
    /// @param destination null where it is no pod
    static boolean names(SeenRule rule, int protocol, int port, @Nullable PolicyPod destination) {
        return rule.ports().isEmpty()
                || Protocol.ofNumber(protocol).stream()
                        .anyMatch(known ->
                                rule.ports().stream().anyMatch(wanted -> names(wanted, known, port, destination)));
    }

    private static boolean names(PolicyPort wanted, Protocol protocol, int port, @Nullable PolicyPod destination) {
        return switch (wanted) {
            case PolicyPort.AnyPort any -> any.protocol() == protocol;
            case PolicyPort.Range range ->
                range.protocol() == protocol && range.first() <= port && port <= range.last();
            case PolicyPort.Named named ->
                destination != null
                        && destination.ports().stream()
                                .anyMatch(known ->
                                        named.matches(known) && known.protocol() == protocol && known.number() == port);
            case PolicyPort.Unknown _ -> false;
        };
    }

    private Namespace namespace(PolicyPod pod) {
        return namespaces.computeIfAbsent(pod.name().namespace(), Namespace::named);
    }
}
