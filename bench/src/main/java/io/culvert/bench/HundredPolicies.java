// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Two pods of a node, which may talk to each other, and 100 NetworkPolicies of both. Each has a rule in each
/// direction, about pods of one label, of which there are some, and a block. The last one is about the two pods
/// themselves.
final class HundredPolicies {

    static final int POLICIES = 100;

    private static final String NAMESPACE = "bench";

    private final IpFamily family;
    private final List<IpAddress> pair;

    HundredPolicies(IpFamily family, IpAddress client, IpAddress server) {
        this.family = family;
        pair = List.of(client, server);
    }

    /// As the agent compiles it.
    ///
    /// @param port that the rules name; the first one names another in each revision
    PolicyPlan plan(int port, int revision) {
        List<PolicyPod> pods = new ArrayList<>();
        List<NetworkPolicy> policies = new ArrayList<>();
        Set<ObjectName> local = Set.of(name("pod0"), name("pod1"));
        for (int i = 0; i < pair.size(); i++) {
            pods.add(pod("pod" + i, POLICIES - 1, pair.get(i), "n1"));
        }
        for (int i = 0; i < POLICIES; i++) {
            pods.add(pod("other" + i, i, other(10, i), "n2"));
            policies.add(policy(i, i == 0 ? port + 1 + revision % 2 : port));
        }
        return PolicyCompiler.compile(new PolicyInputs(List.of(), pods, List.of(), policies, List.of(), local));
    }

    private static ObjectName name(String name) {
        return new ObjectName(NAMESPACE, name);
    }

    private static PolicyPod pod(String name, int role, IpAddress address, String node) {
        return new PolicyPod(
                name(name),
                name,
                Instant.EPOCH,
                Map.of("role", "r" + role),
                List.of(address),
                false,
                false,
                Set.of(),
                node);
    }

    private NetworkPolicy policy(int number, int port) {
        List<PolicyPeer> peers = List.of(
                new PolicyPeer.OwnNamespacePods(new LabelSelector(Map.of("role", "r" + number), List.of())),
                new PolicyPeer.IpBlock(block(number), List.of()));
        List<NetworkPolicyRule> rules =
                List.of(new NetworkPolicyRule(peers, List.of(PolicyPort.Range.single(Protocol.TCP, port))));
        return new NetworkPolicy(
                name("p" + number),
                LabelSelector.EVERYTHING,
                Set.of(Direction.INGRESS, Direction.EGRESS),
                rules,
                rules);
    }

    /// Each second one is a single address.
    private IpPrefix block(int number) {
        if (number % 2 == 0) {
            return new IpPrefix(other(100, number), family.bits());
        }
        return family == IpFamily.IPV4
                ? new IpPrefix(IpAddress.of("101.%d.0.0".formatted(number)), 16)
                : new IpPrefix(IpAddress.of("fd65:0:0:%x::".formatted(number)), 64);
    }

    private IpAddress other(int first, int number) {
        return IpAddress.of((family == IpFamily.IPV4 ? "%d.200.0.%d" : "fd%02x::%x").formatted(first, number));
    }
}
