// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import io.culvert.policy.Oracle;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.RandomCluster;
import io.culvert.policy.Traffic;
import io.culvert.testkit.KernelTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Of random clusters, one after the other in the same maps, the first packets of new connections pass the programs at
/// both pods exactly if the objects say so: translation, tail calls, connections and verdict, as packets meet them.
/// `-Dpolicy.seed=N` plays one cluster again.
@KernelTest
final class HookAgreementKernelTest {

    private static final int CLUSTERS = Integer.getInteger("policy.kernel.clusters", 300);
    private static final int CLUSTERS_A_PROCESS = 50;

    private static final List<Traffic> TRAFFIC = Stream.of(
                    "tcp/53", "tcp/80", "tcp/444", "tcp/65535", "udp/53", "udp/80", "sctp/80")
            .map(Traffic::of)
            .toList();

    /// What became of connections.
    private enum End {
        PASSED,
        STOPPED_AT_THE_SOURCE,
        STOPPED_AT_THE_DESTINATION,
        STOPPED_AT_BOTH
    }

    private final PinnedPolicies pinned = new PinnedPolicies();
    private @Nullable PodHooks hooks;
    private final Map<End, Integer> ends = new TreeMap<>();

    @AfterEach
    void close() {
        closeHooks();
        pinned.close();
    }

    private void closeHooks() {
        PodHooks open = hooks;
        if (open != null) {
            open.close();
        }
    }

    @Test
    void objectsAndThePacketsOfBothPodsAgree() {
        @Nullable Long only = Long.getLong("policy.seed");
        long first = only != null ? only : new Random().nextLong();
        int clusters = only != null ? 1 : CLUSTERS;
        for (int i = 0; i < clusters; i++) {
            if (i % CLUSTERS_A_PROCESS == 0) {
                begin(i > 0);
            }
            check(first + i, new RandomCluster(first + i).next());
        }
        System.out.println("connections of clusters from seed " + first + ": " + ends);
        if (only == null) {
            assertThat(ends).as("every end occurs").containsOnlyKeys(End.values());
        }
    }

    /// @param again as when the agent ends and another begins
    private void begin(boolean again) {
        closeHooks();
        if (again) {
            pinned.reopen();
        }
        pinned.datapath().policies().enforce(true);
        hooks = new PodHooks(pinned.bpffs());
    }

    private void check(long seed, PolicyInputs inputs) {
        PolicyPlan plan = PolicyCompiler.compile(inputs);
        assertThat(pinned.current().publish(plan, EndpointFacts.NONE)).isInstanceOf(PublishResult.Published.class);
        Map<IpAddress, PolicyPod> owners = new HashMap<>();
        Map<PolicyPod, Set<IpAddress>> lost = new HashMap<>();
        for (PolicyPod pod : inputs.pods()) {
            var local = plan.localPods().get(pod.name());
            if (local != null) {
                local.owned().forEach(address -> owners.put(address, pod));
                Set<IpAddress> others = new TreeSet<>(pod.addresses());
                local.owned().forEach(others::remove);
                lost.put(pod, others);
            }
        }
        Oracle oracle = new Oracle(inputs);
        for (IpAddress source : addresses(inputs)) {
            for (IpAddress destination : addresses(inputs)) {
                @Nullable PolicyPod from = owners.get(source);
                @Nullable PolicyPod to = owners.get(destination);
                if (source.equals(destination)
                        || source.isV4() != destination.isV4()
                        || isAmbiguous(from, destination, lost)
                        || isAmbiguous(to, source, lost)) {
                    continue;
                }
                for (Traffic traffic : TRAFFIC) {
                    boolean leaves = allowed(oracle, from, Direction.EGRESS, destination, traffic);
                    boolean enters = allowed(oracle, to, Direction.INGRESS, source, traffic);
                    ends.merge(end(leaves, enters), 1, Integer::sum);
                    assertThat(connect(source, destination, traffic))
                            .as("seed %d: %s -> %s %s", seed, source, destination, traffic)
                            .isEqualTo(new Way(leaves, leaves && enters));
                }
            }
        }
    }

    /// How far a packet came.
    private record Way(boolean left, boolean entered) {}

    private Way connect(IpAddress source, IpAddress destination, Traffic traffic) {
        PodHooks open = Objects.requireNonNull(hooks);
        byte[] packet = open.open(source, destination, traffic);
        boolean left = open.sends(packet);
        return new Way(left, left && open.receives(packet));
    }

    /// Whether a pod has the address and another one is known by it: the programs cannot tell that it is itself.
    private static boolean isAmbiguous(
            @Nullable PolicyPod pod, IpAddress address, Map<PolicyPod, Set<IpAddress>> lost) {
        return pod != null && lost.getOrDefault(pod, Set.of()).contains(address);
    }

    private static boolean allowed(
            Oracle oracle, @Nullable PolicyPod pod, Direction direction, IpAddress peer, Traffic traffic) {
        return pod == null
                || oracle.verdict(pod, direction, peer, traffic.protocol(), traffic.port())
                        .allowed();
    }

    private static End end(boolean leaves, boolean enters) {
        if (leaves) {
            return enters ? End.PASSED : End.STOPPED_AT_THE_DESTINATION;
        }
        return enters ? End.STOPPED_AT_THE_SOURCE : End.STOPPED_AT_BOTH;
    }

    /// Of pods and nodes, and some of nobody.
    private static Set<IpAddress> addresses(PolicyInputs inputs) {
        Set<IpAddress> addresses = new TreeSet<>(RandomCluster.OUTSIDE);
        inputs.pods().forEach(pod -> addresses.addAll(pod.addresses()));
        inputs.nodes().forEach(node -> addresses.addAll(node.addresses()));
        return addresses;
    }
}
