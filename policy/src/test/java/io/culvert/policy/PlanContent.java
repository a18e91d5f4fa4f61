// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.net.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What a plan says, without the numbers that it says it with.
record PlanContent(
        Map<IpAddress, Identity> ipcache,
        Map<RawPrefix, Set<PolicyPeer>> cidrs,
        Map<ObjectName, Pod> pods,
        Set<Held> sets,
        List<PolicyWarning> warnings) {

    /// A set by what its tables say.
    record Held(
            boolean isolated,
            PortTable anyTable,
            Map<Identity, PortTable> identityTables,
            Map<Set<PolicyPeer>, PortTable> classTables,
            List<List<RuleId>> rules) {}

    record Pod(LocalPod pod, Held ingress, Held egress) {}

    static PlanContent of(PolicyPlan plan) {
        Map<IpAddress, Identity> ipcache = new HashMap<>();
        plan.ipcache()
                .forEach((address, number) ->
                        ipcache.put(address, plan.identities().get(number)));
        List<Held> sets = plan.sets().stream().map(set -> held(plan, set)).toList();
        return new PlanContent(
                ipcache,
                plan.cidrs().stream()
                        .collect(Collectors.toMap(
                                entry -> new RawPrefix(entry.address(), entry.bits()),
                                entry -> plan.classes().get(entry.cidrClass()))),
                plan.localPods().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> pod(entry.getValue(), sets))),
                new HashSet<>(sets),
                plan.warnings());
    }

    private static Pod pod(LocalPod pod, List<Held> sets) {
        return new Pod(
                new LocalPod(pod.name(), pod.uid(), pod.addresses(), pod.owned(), 0, 0),
                sets.get(pod.ingressSet()),
                sets.get(pod.egressSet()));
    }

    private static Held held(PolicyPlan plan, PolicySet set) {
        Map<Identity, PortTable> identityTables = new HashMap<>();
        set.identityTables()
                .forEach((number, table) -> identityTables.put(
                        plan.identities().get(number), plan.tables().get(table)));
        Map<Set<PolicyPeer>, PortTable> classTables = new HashMap<>();
        set.classTables()
                .forEach((number, table) -> classTables.put(
                        plan.classes().get(number), plan.tables().get(table)));
        return new Held(
                set.isolated(),
                plan.tables().get(set.anyTable()),
                identityTables,
                classTables,
                List.of(set.admin(), set.allows(), set.baseline()));
    }
}
