// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import io.culvert.policy.LocalPod;
import io.culvert.policy.PlanEvaluator;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.RandomCluster;
import io.culvert.policy.Traffic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A plan that a test publishes, and what it says.
final class Plans {

    private static final List<Traffic> TRAFFIC = Stream.of("tcp/80", "tcp/443", "udp/53", "sctp/80", "icmp")
            .map(Traffic::of)
            .toList();

    /// Before anything is published.
    static final Plans NOTHING = new Plans(
            new PolicyInputs(List.of(), List.of(), List.of(), List.of(), List.of(), Set.of()),
            plan -> EndpointFacts.NONE);

    final PolicyPlan plan;
    final EndpointFacts facts;
    private final PolicyInputs inputs;
    private final PlanEvaluator evaluator;
    private final Map<IpAddress, LocalPod> owners = new HashMap<>();

    Plans(PolicyInputs inputs, Function<PolicyPlan, EndpointFacts> facts) {
        this.inputs = inputs;
        plan = PolicyCompiler.compile(inputs);
        this.facts = facts.apply(plan);
        evaluator = new PlanEvaluator(plan);
        plan.localPods().values().forEach(pod -> pod.owned().forEach(address -> owners.put(address, pod)));
    }

    /// The pod at an address.
    @Nullable
    LocalPod owner(IpAddress address) {
        return owners.get(address);
    }

    boolean allows(ModelProgram.Question question) {
        LocalPod pod = owner(question.pod());
        return pod == null
                || evaluator
                        .verdict(
                                pod.name(), question.direction(), question.peer(), question.protocol(), question.port())
                        .allowed();
    }

    /// Whether an answer is the plan's alone: whom an address belongs to changes for each address by
    /// itself, so that a pod that has others' addresses, or takes them over, is not asked whether it talks
    /// to itself. Nor is asked what becomes of somebody else's address at a pod's interface, or of a pod's
    /// address that it has in one plan only.
    boolean clear(ModelProgram.Question question, Plans other) {
        LocalPod pod = owner(question.pod());
        if (question.ifindex() != 0
                && plan.localPods().values().stream()
                        .filter(local -> local.equals(pod) || RandomHistory.ifindex(local.name()) == question.ifindex())
                        .anyMatch(local ->
                                RandomHistory.ifindex(local.name()) != question.ifindex() || !local.equals(pod))) {
            return false;
        }
        if (pod != null
                && (question.ifindex() != 0 || other.owner(question.pod()) == null)
                && other.knows(pod)
                && !same(pod, other)) {
            return false;
        }
        boolean ambiguous = pod != null
                && pod.addresses().contains(question.peer())
                && !pod.owned().contains(question.peer());
        return !ambiguous;
    }

    /// Whether the pod is there, or another one at one of its addresses.
    private boolean knows(LocalPod pod) {
        LocalPod here = plan.localPods().get(pod.name());
        return (here != null && here.uid().equals(pod.uid()))
                || pod.owned().stream().anyMatch(address -> owner(address) != null);
    }

    private static boolean same(LocalPod pod, Plans other) {
        return pod.owned().stream().allMatch(address -> {
            LocalPod there = other.owner(address);
            return there != null
                    && there.name().equals(pod.name())
                    && there.uid().equals(pod.uid());
        });
    }

    /// Of every pod, in both directions, with every address that anybody has.
    List<ModelProgram.Question> questions() {
        List<ModelProgram.Question> all = new ArrayList<>();
        for (PolicyPod pod : inputs.pods()) {
            for (IpAddress address : pod.addresses()) {
                LocalPod owner = owner(address);
                if (owner != null && owner.name().equals(pod.name())) {
                    add(all, 0, address);
                    if (facts.interfaces().getOrDefault(address, 0) == RandomHistory.ifindex(pod.name())) {
                        add(all, RandomHistory.ifindex(pod.name()), address);
                    }
                }
            }
        }
        return all;
    }

    private void add(List<ModelProgram.Question> all, int ifindex, IpAddress address) {
        for (Direction direction : Direction.values()) {
            for (IpAddress peer : peers()) {
                for (Traffic traffic : TRAFFIC) {
                    all.add(new ModelProgram.Question(
                            ifindex, address, direction, peer, traffic.protocol(), traffic.port()));
                }
            }
        }
    }

    private Set<IpAddress> peers() {
        Set<IpAddress> peers = new TreeSet<>(RandomCluster.OUTSIDE);
        inputs.pods().forEach(pod -> peers.addAll(pod.addresses()));
        inputs.nodes().forEach(node -> peers.addAll(node.addresses()));
        return peers;
    }
}
