// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.Node;
import io.culvert.cluster.Pod;
import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.NodeLabel;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.Party.Reserved;
import io.culvert.observability.names.PolicyRule;
import io.culvert.observability.names.ServiceName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Names from what the agent knows of the cluster and has put into the kernel. What went within the last minutes still
/// has its name.
public final class NodeNames implements FlowNames {

    private static final int CACHED = 20_000;
    private static final int LOOPBACK_BITS = 24;

    private final NodeLabel node;
    private final Supplier<ClusterState> cluster;
    private final PodIndex pods;
    private final ServiceNames services;
    private final PolicyNames policies;
    private final CgroupPods cgroups;
    private final Map<Known, Party> parties = new ConcurrentHashMap<>();
    private final RecentlyGone<Integer, String> goneInterfaces = new RecentlyGone<>();
    private final RecentlyGone<String, Party> gonePods = new RecentlyGone<>();
    private volatile Map<Integer, String> interfaces = Map.of();
    private volatile Set<IpAddress> local = Set.of();
    private volatile OwnLabels labels = new OwnLabels(Map.of(), List.of());
    private volatile Nodes nodes = new Nodes(ClusterState.EMPTY, Set.of());

    /// A pod under an identity: the same for all of its flows until the object changes.
    private record Known(PolicyPod pod, int identity) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Known known && known.identity == identity && isSame(known.pod, pod);
        }

        @SuppressWarnings("ReferenceEquality") // a changed pod is another object
        private static boolean isSame(PolicyPod one, PolicyPod other) {
            return one == other;
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(pod) + identity;
        }
    }

    /// @param of as the Node object has them
    private record OwnLabels(Map<String, String> of, List<String> shown) {}

    private record Nodes(ClusterState of, Set<IpAddress> addresses) {}

    /// @param tables what the agent has put into the kernel
    public NodeNames(NodeLabel node, Supplier<ClusterState> cluster, NamedTables tables) {
        this.node = node;
        this.cluster = cluster;
        this.pods = new PodIndex(cluster);
        this.services = new ServiceNames(tables::frontends);
        this.policies = new PolicyNames(tables::policies);
        this.cgroups = new CgroupPods(tables.cgroupRoot());
    }

    @Override
    public NodeLabel node() {
        return node;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // labels that changed are another object
    public List<String> nodeLabels() {
        PolicyNode object = cluster.get().policies().nodes().get(node.node());
        OwnLabels present = labels;
        if (object != null && object.labels() != present.of) {
            present = new OwnLabels(
                    object.labels(),
                    object.labels().entrySet().stream()
                            .map(label -> label.getKey() + "=" + label.getValue())
                            .sorted()
                            .toList());
            labels = present;
        }
        return object == null ? List.of() : present.shown;
    }

    @Override
    public Party party(IpAddress address, int identity) {
        if (isLocal(address)) {
            return Reserved.HOST.party();
        }
        Optional<PolicyPod> present = pods.find(address);
        int now = present.isPresent() ? policies.identity(address) : 0;
        if (present.isEmpty() || (identity != 0 && identity != now)) {
            Optional<PolicyPod> before = pods.before(address);
            present = before.isPresent() ? before : present;
        }
        int shown = identity == 0 ? now : identity;
        return present.map(pod -> party(pod, shown)).orElseGet(() -> noPod(address));
    }

    private boolean isLocal(IpAddress address) {
        return local.contains(address)
                || (address.isV4() && (int) address.low() >>> LOOPBACK_BITS == 127)
                || (address.high() == 0 && address.low() == 1);
    }

    private Party noPod(IpAddress address) {
        if (address.equals(IpAddress.UNSPECIFIED)) {
            return Reserved.UNKNOWN.party();
        }
        return (nodeAddresses().contains(address) ? Reserved.REMOTE_NODE : Reserved.WORLD).party();
    }

    private Party party(PolicyPod pod, int identity) {
        Known key = new Known(pod, identity);
        Party known = parties.get(key);
        if (known != null) {
            return known;
        }
        if (parties.size() >= CACHED) {
            parties.clear();
        }
        Party made = made(pod, identity);
        parties.put(key, made);
        return made;
    }

    Party made(PolicyPod pod, int identity) {
        List<String> labels = new ArrayList<>();
        pod.labels().forEach((key, value) -> labels.add("k8s:" + key + "=" + value));
        labels.add("k8s:io.kubernetes.pod.namespace=" + pod.name().namespace());
        labels.sort(null);
        return new Party(
                identity,
                node.node().equals(pod.nodeName()) ? EndpointId.of(pod.name(), pod.uid()) : 0,
                pod.name().namespace(),
                pod.name().name(),
                labels,
                Workloads.of(pod.name().name(), pod.labels()));
    }

    @SuppressWarnings("ReferenceEquality") // states share what did not change
    private Set<IpAddress> nodeAddresses() {
        ClusterState now = cluster.get();
        Nodes present = nodes;
        if (present.of.nodes() != now.nodes()
                || present.of.policies().nodes() != now.policies().nodes()) {
            Set<IpAddress> addresses = new HashSet<>();
            now.nodes().values().stream().map(Node::internalIps).forEach(addresses::addAll);
            now.policies().nodes().values().stream().map(PolicyNode::addresses).forEach(addresses::addAll);
            present = new Nodes(now, addresses);
            nodes = present;
        }
        return present.addresses;
    }

    @Override
    public Optional<Party> ofCgroup(long cgroup) {
        return cgroups.uid(cgroup).flatMap(uid -> {
            Optional<Party> present = pod(uid).map(this::party);
            present.ifPresent(party -> gonePods.put(uid, party));
            return present.or(() -> gonePods.find(uid));
        });
    }

    @Override
    public Optional<IpAddress> addressOfCgroup(long cgroup, IpFamily family) {
        return cgroups.uid(cgroup)
                .flatMap(this::pod)
                .filter(pod -> !pod.hostNetwork())
                .flatMap(pod -> pod.ips().stream()
                        .filter(address -> address.family() == family)
                        .findFirst());
    }

    private Optional<Pod> pod(String uid) {
        return cluster.get().pods().values().stream()
                .filter(pod -> pod.uid().equals(uid))
                .findFirst();
    }

    private Party party(Pod pod) {
        return pod.ips().stream()
                .findFirst()
                .filter(_ -> !pod.hostNetwork())
                .map(address -> party(address, 0))
                .orElseGet(() -> new Party(0, pod.name().namespace(), pod.name().name(), List.of(), List.of()));
    }

    @Override
    public Optional<ServiceName> service(int index) {
        return services.service(index);
    }

    @Override
    public Optional<ServiceName> frontend(IpPort frontend, int protocol) {
        return services.frontend(frontend, protocol)
                .or(() ->
                        local.contains(frontend.address()) ? services.nodePort(frontend, protocol) : Optional.empty());
    }

    @Override
    public boolean hasFrontends(IpAddress address) {
        return local.contains(address) || services.hasFrontends(address);
    }

    @Override
    public Optional<PolicyRule> rule(int rule) {
        return policies.rule(rule);
    }

    @Override
    public Optional<String> networkInterface(int ifindex) {
        return Optional.ofNullable(interfaces.get(ifindex)).or(() -> goneInterfaces.find(ifindex));
    }

    /// Takes what changed about policies and their pods.
    public void followPods(ClusterUpdate update) {
        pods.follow(update);
    }

    /// Takes that Services may be others.
    public void servicesChanged() {
        services.changed();
    }

    /// Takes what the network is now.
    ///
    /// @param addresses of this node
    /// @param pods names of interfaces with programs by index
    /// @param devices the same of the node's own
    public void network(Collection<IpAddress> addresses, Map<Integer, String> pods, Map<Integer, String> devices) {
        local = Set.copyOf(addresses);
        Map<Integer, String> now = new HashMap<>(pods);
        now.putAll(devices);
        interfaces.forEach((index, name) -> {
            if (!now.containsKey(index)) {
                goneInterfaces.put(index, name);
            }
        });
        interfaces = Map.copyOf(now);
    }
}
