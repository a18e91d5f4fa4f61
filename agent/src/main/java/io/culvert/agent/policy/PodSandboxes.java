// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import io.culvert.agent.cni.PodSandbox;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.net.IpAddress;
import io.culvert.policy.LocalPod;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the container runtime said of pods of this node, which knows their addresses before the cluster does. Not for
/// several threads.
final class PodSandboxes {

    /// @param before addresses of the pod's object when the runtime spoke: those of a former sandbox
    private record Told(PodSandbox sandbox, List<IpAddress> before) {}

    private final Map<String, Told> byContainer = new LinkedHashMap<>();

    /// @param state what the cluster says of pods at this moment
    void add(PodSandbox sandbox, PolicyState state) {
        @Nullable PolicyPod pod = state.pods().get(sandbox.pod());
        byContainer.put(sandbox.containerId(), new Told(sandbox, pod == null ? List.of() : pod.addresses()));
    }

    Optional<PodSandbox> find(String containerId) {
        return Optional.ofNullable(byContainer.get(containerId)).map(Told::sandbox);
    }

    /// The sandbox that is forgotten, if it was known.
    Optional<PodSandbox> remove(String containerId) {
        return Optional.ofNullable(byContainer.remove(containerId)).map(Told::sandbox);
    }

    /// Whether the container runtime spoke of a pod of this node.
    boolean has(LocalPod pod) {
        return byContainer.values().stream()
                .map(Told::sandbox)
                .anyMatch(sandbox -> sandbox.pod().equals(pod.name())
                        && sandbox.addresses().stream().anyMatch(pod.addresses()::contains));
    }

    /// The state with the addresses of sandboxes for pods whose objects have none yet, or still those of the sandbox
    /// before.
    PolicyState over(PolicyState state) {
        PolicyState seen = state;
        for (Told told : byContainer.values()) {
            PodSandbox sandbox = told.sandbox();
            @Nullable PolicyPod pod = state.pods().get(sandbox.pod());
            if (pod != null && isOf(sandbox, pod) && isBehind(pod, told)) {
                seen = seen.withPods(seen.pods().plus(sandbox.pod(), at(pod, sandbox)));
            }
        }
        return seen;
    }

    private static boolean isBehind(PolicyPod pod, Told told) {
        return pod.addresses().isEmpty() || pod.addresses().equals(told.before());
    }

    /// Whether a sandbox is this pod's, and not that of another one of the same name.
    static boolean isOf(PodSandbox sandbox, PolicyPod pod) {
        return sandbox.uid().isEmpty() || pod.uid().isEmpty() || sandbox.uid().equals(pod.uid());
    }

    private static PolicyPod at(PolicyPod pod, PodSandbox sandbox) {
        return new PolicyPod(
                pod.name(),
                pod.uid(),
                pod.created(),
                pod.labels(),
                sandbox.addresses(),
                pod.hostNetwork(),
                pod.finished(),
                pod.ports(),
                pod.nodeName());
    }

    /// The interfaces that the runtime named, by address, of those that carry programs.
    ///
    /// @param attached names by index
    Map<IpAddress, Integer> links(Map<Integer, String> attached) {
        Map<String, Integer> indexes = new HashMap<>();
        attached.forEach((index, name) -> indexes.put(name, index));
        Map<IpAddress, Integer> links = new HashMap<>();
        for (Told told : byContainer.values()) {
            for (String name : told.sandbox().interfaces()) {
                @Nullable Integer index = indexes.get(name);
                if (index != null) {
                    told.sandbox().addresses().forEach(address -> links.put(address, index));
                }
            }
        }
        return links;
    }
}
