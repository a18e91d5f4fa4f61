// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.agent.flows.EndpointId;
import io.culvert.agent.view.EndpointRow;
import io.culvert.agent.view.IdentityRow;
import io.culvert.agent.view.IpcacheRow;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import io.culvert.policy.Identity;
import io.culvert.policy.LocalPod;
import io.culvert.policy.PolicyView;
import io.culvert.policy.explain.SeenCluster;
import io.culvert.policy.explain.SeenPolicy;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Rows of what a plan makes of pods.
final class PlanRows {

    private final PolicyView view;
    private final SeenCluster cluster;

    PlanRows(PolicyView view) {
        this.view = view;
        this.cluster = new SeenCluster(view.inputs());
    }

    List<EndpointRow> endpoints() {
        List<SeenPolicy> policies = SeenPolicy.of(view.inputs());
        return view.plan().localPods().values().stream()
                .sorted(Comparator.comparing(LocalPod::name))
                .map(pod -> new EndpointRow(
                        EndpointId.of(pod.name(), pod.uid()),
                        pod.name().namespace(),
                        pod.name().name(),
                        pod.addresses().stream().map(IpAddress::toString).toList(),
                        state(pod.set(Direction.INGRESS)),
                        state(pod.set(Direction.EGRESS)),
                        selecting(policies, pod, Direction.INGRESS),
                        selecting(policies, pod, Direction.EGRESS),
                        pod.addresses().stream()
                                .map(this::identity)
                                .filter(number -> number != 0)
                                .distinct()
                                .toList(),
                        cluster.isAudited(pod.name())))
                .toList();
    }

    private String state(int set) {
        if (set == 0) {
            return "open";
        }
        return view.plan().sets().get(set).isolated() ? "isolated" : "rules";
    }

    private List<String> selecting(List<SeenPolicy> policies, LocalPod pod, Direction direction) {
        return policies.stream()
                .filter(policy -> policy.directions().contains(direction))
                .filter(policy -> cluster.pod(pod.name())
                        .filter(object -> cluster.selects(policy, object))
                        .isPresent())
                .map(policy -> policy.name().toString())
                .toList();
    }

    private int identity(IpAddress address) {
        return number(view.plan().ipcache().getOrDefault(address, 0));
    }

    /// The written number of an identity of the plan.
    private int number(int planned) {
        return planned == 0
                ? 0
                : view.identities().getOrDefault(view.plan().identities().get(planned), 0);
    }

    List<IdentityRow> identities() {
        Map<Integer, Integer> addresses = new TreeMap<>();
        view.plan().ipcache().values().forEach(planned -> addresses.merge(planned, 1, Integer::sum));
        return addresses.entrySet().stream()
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(IdentityRow::number)
                        .thenComparing(IdentityRow::namespace)
                        .thenComparing(row -> row.podLabels().toString()))
                .toList();
    }

    private IdentityRow row(int planned, int addresses) {
        Identity identity = view.plan().identities().get(planned);
        return new IdentityRow(
                number(planned),
                identity.namespace(),
                new TreeMap<>(identity.namespaceLabels()),
                new TreeMap<>(identity.podLabels()),
                identity.ports().stream()
                        .map(port -> port.name() + ":" + port.number() + "/" + port.protocol())
                        .sorted()
                        .toList(),
                addresses);
    }

    /// @param wanted empty for all
    List<IpcacheRow> ipcache(String wanted) {
        return view.plan().ipcache().keySet().stream()
                .filter(address -> wanted.isEmpty() || address.toString().equals(wanted))
                .sorted()
                .map(address -> new IpcacheRow(
                        address.toString(),
                        identity(address),
                        cluster.pod(address)
                                .map(PolicyPod::name)
                                .map(Object::toString)
                                .orElse("")))
                .toList();
    }
}
