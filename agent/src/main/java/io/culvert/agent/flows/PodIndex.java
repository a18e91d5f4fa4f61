// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Pod;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.net.IpAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which pod has an address, in the whole cluster where policies are followed, else on this node. Nothing is indexed
/// before somebody asks; who went is remembered from the start.
final class PodIndex {

    private final Supplier<ClusterState> cluster;
    private final RecentlyGone<IpAddress, PolicyPod> gone = new RecentlyGone<>();
    private PolicyState before = PolicyState.EMPTY;
    private volatile @Nullable Map<IpAddress, PolicyPod> index;
    private volatile Local local = new Local(ClusterState.EMPTY, Map.of());

    /// Pods of this node, as Services see them: without labels.
    private record Local(ClusterState of, Map<IpAddress, PolicyPod> pods) {}

    /// @param cluster what it wants now
    PodIndex(Supplier<ClusterState> cluster) {
        this.cluster = cluster;
    }

    Optional<PolicyPod> find(IpAddress address) {
        Map<IpAddress, PolicyPod> present = index;
        PolicyPod pod = (present == null ? built() : present).get(address);
        return pod == null ? Optional.ofNullable(localPods().get(address)) : Optional.of(pod);
    }

    /// Who had it last, and has it no more.
    Optional<PolicyPod> before(IpAddress address) {
        return gone.find(address);
    }

    private synchronized Map<IpAddress, PolicyPod> built() {
        Map<IpAddress, PolicyPod> built = index;
        if (built == null) {
            built = new ConcurrentHashMap<>();
            put(built, before.pods().values());
            index = built;
        }
        return built;
    }

    private static void put(Map<IpAddress, PolicyPod> to, Collection<PolicyPod> pods) {
        for (PolicyPod pod : pods) {
            if (pod.governed()) {
                // As policies have it: of two that claim an address, the younger one's.
                pod.addresses()
                        .forEach(address -> to.merge(
                                address, pod, (one, other) -> one.created().isAfter(other.created()) ? one : other));
            }
        }
    }

    /// Takes what changed about policies: [io.culvert.cluster.ClusterStore#subscribePolicies].
    synchronized void follow(ClusterUpdate update) {
        PolicyState now = update.state().policies();
        Map<IpAddress, PolicyPod> present = index;
        if (update.policies().everything()) {
            before = now;
            index = null;
            return;
        }
        Set<ObjectName> names = update.policies().of(ObjectKind.POD);
        for (ObjectName name : names) {
            PolicyPod old = before.pods().get(name);
            PolicyPod pod = now.pods().get(name);
            if (old != null && old.governed()) {
                withdraw(old, pod, present);
            }
        }
        if (present != null) {
            put(
                    present,
                    names.stream()
                            .map(now.pods()::get)
                            .filter(pod -> pod != null)
                            .toList());
        }
        before = now;
    }

    private void withdraw(PolicyPod old, @Nullable PolicyPod pod, @Nullable Map<IpAddress, PolicyPod> from) {
        for (IpAddress address : old.addresses()) {
            if (pod == null || !pod.governed() || !pod.addresses().contains(address)) {
                gone.put(address, old);
            }
            if (from != null) {
                boolean _ = from.remove(address, old);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // states share what did not change
    private Map<IpAddress, PolicyPod> localPods() {
        ClusterState now = cluster.get();
        Local present = local;
        if (present.of.pods() != now.pods()) {
            present.pods.forEach(this::goneUnless);
            present = new Local(now, local(now.pods().values()));
            local = present;
        }
        return present.pods;
    }

    private void goneUnless(IpAddress address, PolicyPod pod) {
        if (!cluster.get().pods().containsKey(pod.name())) {
            gone.put(address, pod);
        }
    }

    private static Map<IpAddress, PolicyPod> local(Collection<Pod> pods) {
        return pods.stream()
                .filter(pod -> !pod.hostNetwork())
                .flatMap(pod -> pod.ips().stream().map(address -> Map.entry(address, pod)))
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> ofServices(entry.getValue()), (one, _) -> one));
    }

    private static PolicyPod ofServices(Pod pod) {
        return new PolicyPod(
                pod.name(),
                pod.uid(),
                Instant.EPOCH,
                Map.of(),
                pod.ips(),
                pod.hostNetwork(),
                false,
                Set.of(),
                pod.nodeName());
    }
}
