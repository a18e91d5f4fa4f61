// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// From what the cluster wants to the tables of one node. A pure function: nothing is read but the inputs, and equal
/// inputs, in whatever order, make equal plans.
public final class PolicyCompiler {

    private final PolicyInputs inputs;
    private final Identities identities;
    private final CidrClasses classes;
    private final Selector selector;
    private final RuleBook rules;
    private final PortTables tables = new PortTables();
    private final SetCompiler compiler;
    private final List<PolicySet> sets = new ArrayList<>(List.of(PolicySet.NO_POLICY));
    private final Map<Selection, Integer> numbers = new HashMap<>();

    private PolicyCompiler(PolicyInputs inputs) {
        this.inputs = inputs;
        rules = new RuleBook(inputs.networkPolicies(), inputs.clusterNetworkPolicies());
        identities = new Identities(inputs, rules);
        classes = new CidrClasses(rules.peers().toList(), inputs.nodes());
        selector = new Selector(inputs.namespaces(), rules);
        compiler = new SetCompiler(identities, new PeerResolver(identities, classes), tables);
    }

    public static PolicyPlan compile(PolicyInputs inputs) {
        return new PolicyCompiler(inputs).plan();
    }

    private PolicyPlan plan() {
        List<PolicyPod> running = inputs.pods().stream()
                .filter(pod -> inputs.localPods().contains(pod.name()) && !pod.finished())
                .sorted(Comparator.comparing(PolicyPod::name))
                .toList();
        Map<ObjectName, LocalPod> localPods = new HashMap<>();
        running.stream().filter(PolicyPod::governed).forEach(pod -> localPods.put(pod.name(), local(pod)));
        return new PolicyPlan(
                identities.numbered(),
                identities.ipcache(),
                classes.classes(),
                classes.entries(),
                tables.numbered(),
                sets,
                localPods,
                new Warnings(rules, selector, running).all());
    }

    private LocalPod local(PolicyPod pod) {
        return new LocalPod(
                pod.name(),
                pod.uid(),
                pod.addresses(),
                identities.owned(pod),
                set(selector.select(pod, Direction.INGRESS)),
                set(selector.select(pod, Direction.EGRESS)));
    }

    private int set(Selection selection) {
        if (selection.empty()) {
            return 0;
        }
        return numbers.computeIfAbsent(selection, added -> {
            sets.add(compiler.compile(added).set());
            return sets.size() - 1;
        });
    }
}
