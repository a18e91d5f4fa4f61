// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.Written.ipBlock;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.pods;
import static io.culvert.policy.Written.tcp;
import static java.util.Objects.requireNonNull;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.net.Protocol;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// 5,000 pods in 500 namespaces with 2,000 policies; 110 of the pods are on node `n1`.
final class LargeCluster {

    static final int NAMESPACES = 500;
    static final int PODS = 5_000;
    static final int POLICIES = 2_000;
    private static final int LOCAL = 110;

    private PolicyState state = PolicyState.EMPTY;

    LargeCluster() {
        for (int i = 0; i < NAMESPACES; i++) {
            boolean _ = put(namespace(i, "t" + i % 20)).isEmpty();
        }
        for (int i = 0; i < PODS; i++) {
            boolean _ = put(pod(i, Map.of("app", "a" + i / NAMESPACES % 5, "pod-template-hash", "h" + i)))
                    .isEmpty();
        }
        for (int i = 0; i < POLICIES; i++) {
            boolean _ = put(policy(i)).isEmpty();
        }
    }

    PolicyState state() {
        return state;
    }

    /// Gives a pod another label.
    PolicyChanges relabel(int pod, String key, String value) {
        PolicyPod before = requireNonNull(state.pods().get(podName(pod)));
        Map<String, String> labels = new HashMap<>(before.labels());
        labels.put(key, value);
        return put(pod(pod, labels));
    }

    PolicyChanges put(PolicyPod pod) {
        state = state.withPods(state.pods().plus(pod.name(), pod));
        return changes(ObjectKind.POD, pod.name());
    }

    PolicyChanges put(Namespace namespace) {
        state = state.withNamespaces(state.namespaces().plus(namespace.name(), namespace));
        return changes(ObjectKind.NAMESPACE, namespace.objectName());
    }

    PolicyChanges put(NetworkPolicy policy) {
        state = state.withNetworkPolicies(state.networkPolicies().plus(policy.name(), policy));
        return changes(ObjectKind.NETWORK_POLICY, policy.name());
    }

    PolicyChanges removePod(int i) {
        state = state.withPods(state.pods().minus(podName(i)));
        return changes(ObjectKind.POD, podName(i));
    }

    static Namespace namespace(int i, String team) {
        return new Namespace("ns" + i, Map.of("team", team));
    }

    static ObjectName podName(int i) {
        return new ObjectName("ns" + i % NAMESPACES, "pod" + i);
    }

    static PolicyPod pod(int i, Map<String, String> labels) {
        PolicyPod pod = PodDraft.named(podName(i).toString())
                .at("10." + (i >> 8) + "." + (i & 255) + ".1", "fd00::" + Integer.toHexString(i))
                .port("web", Protocol.TCP, 8000 + i % 3)
                .pod();
        return new PolicyPod(
                pod.name(),
                pod.uid(),
                pod.created(),
                labels,
                pod.addresses(),
                false,
                false,
                pod.ports(),
                i % 45 == 0 && i / 45 < LOCAL ? "n1" : "n2");
    }

    static NetworkPolicy policy(int i) {
        return Written.ingress(
                "ns" + i % NAMESPACES + "/p" + i,
                i % 4 == 0 ? "" : "app=a" + i % 5,
                allow().peers(pods("app in (a1,a2)"), namespaces("team=t" + i % 20))
                        .ports(tcp(80), tcp(8000, 8100)),
                allow().peers(ipBlock("10.0.0.0/8", "10." + i % 20 + ".0.0/16")).ports(tcp(443)),
                allow().ports(Written.named(Protocol.TCP, "web")));
    }

    private static PolicyChanges changes(ObjectKind kind, ObjectName name) {
        return new PolicyChanges(false, Map.of(kind, Set.of(name)));
    }
}
