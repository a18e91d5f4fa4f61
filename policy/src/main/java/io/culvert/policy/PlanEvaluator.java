// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyAction;
import io.culvert.net.IpAddress;
import io.culvert.policy.Verdict.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads a plan as the datapath does: pod, ipcache, longest prefix, two port tables, one decision. It looks at nothing
/// else.
public final class PlanEvaluator {

    private final PolicyPlan plan;

    /// Classes by address, by length, the longest first.
    private final TreeMap<Integer, Map<IpAddress, Integer>> cidrs;

    public PlanEvaluator(PolicyPlan plan) {
        this.plan = plan;
        cidrs = new TreeMap<>((one, other) -> Integer.compare(other, one));
        for (CidrEntry entry : plan.cidrs()) {
            cidrs.computeIfAbsent(entry.bits(), bits -> new HashMap<>()).put(entry.address(), entry.cidrClass());
        }
    }

    /// The answer at a pod of this node for a connection that begins.
    ///
    /// @param peer the other end: of egress after Service translation, of ingress before masquerade
    /// @param protocol IANA's number
    /// @param port the destination port as the destination sees it
    /// @throws IllegalArgumentException if the plan has no such pod
    public Verdict verdict(ObjectName pod, Direction direction, IpAddress peer, int protocol, int port) {
        @Nullable LocalPod local = plan.localPods().get(pod);
        if (local == null) {
            throw new IllegalArgumentException("no policies are enforced at pod " + pod);
        }
        PolicySet set = plan.sets().get(local.set(direction));
        int number = PortSpace.at(protocol, port);
        int identity = plan.ipcache().getOrDefault(peer, 0);
        int byAddress = set.classTables().getOrDefault(cidrClass(peer), 0);
        Cell cell = table(set.identityTable(identity))
                .at(number)
                .or(table(byAddress).at(number));
        return decide(set, cell, local.addresses().contains(peer));
    }

    /// The three stages.
    private static Verdict decide(PolicySet set, Cell cell, boolean itself) {
        Ranked admin = cell.admin();
        if (admin != null && admin.action() != PolicyAction.PASS) {
            return verdict(set, Stage.ADMIN, admin, Reason.ADMIN);
        }
        if (set.isolated()) {
            if (cell.allow() != Cell.NO_RULE) {
                return new Verdict(true, Reason.NETWORK_POLICY, set.rule(Stage.NETWORK_POLICY, cell.allow()));
            }
            return new Verdict(itself, itself ? Reason.ITSELF : Reason.ISOLATED, null);
        }
        Ranked baseline = cell.baseline();
        if (baseline != null && baseline.action() != PolicyAction.PASS) {
            return verdict(set, Stage.BASELINE, baseline, Reason.BASELINE);
        }
        return new Verdict(true, Reason.DEFAULT, null);
    }

    private static Verdict verdict(PolicySet set, Stage stage, Ranked ranked, Reason reason) {
        return new Verdict(ranked.action() == PolicyAction.ACCEPT, reason, set.rule(stage, ranked.rank()));
    }

    private PortTable table(int number) {
        return plan.tables().get(number);
    }

    private int cidrClass(IpAddress address) {
        for (Map.Entry<Integer, Map<IpAddress, Integer>> length : cidrs.entrySet()) {
            @Nullable
            Integer found =
                    length.getValue().get(RawPrefix.of(address, length.getKey()).address());
            if (found != null) {
                return found;
            }
        }
        return 0;
    }
}
