// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import io.culvert.policy.LocalPod;
import io.culvert.policy.Oracle;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import io.culvert.policy.RandomCluster;
import io.culvert.policy.Traffic;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Of random clusters ([ClusterPlay]) the first packets of new connections pass the programs at both pods exactly if
/// the objects say so, and ICMP answers what passed: translation, tail calls, connections and verdict, as packets
/// meet them.
@KernelTest
final class HookAgreementKernelTest {

    private static final List<Traffic> TRAFFIC = Stream.of(
                    "tcp/53", "tcp/80", "tcp/444", "tcp/65535", "udp/53", "udp/80", "sctp/80", "icmp")
            .map(Traffic::of)
            .toList();

    private static final Traffic ECHO = Traffic.of("icmp");

    /// Somewhere between the nodes.
    private static final IpAddress ROUTER = IpAddress.of("198.51.100.1");

    private static final IpAddress ROUTER_V6 = IpAddress.of("2001:db8:ffff::1");

    /// What became of connections.
    private enum End {
        PASSED,
        STOPPED_AT_THE_SOURCE,
        STOPPED_AT_THE_DESTINATION,
        STOPPED_AT_BOTH
    }

    /// How far a packet came.
    private record Way(boolean left, boolean entered) {}

    /// The pods at both ends of a connection, where they are of this node, and what the objects say of it.
    private record Verdicts(
            @Nullable LocalPod from,
            boolean leaves,
            @Nullable LocalPod to,
            boolean enters) {

        Way way() {
            return new Way(leaves, leaves && enters);
        }

        /// What answers is judged as what it answers. Where that is not known, it is dropped at a pod that is held to
        /// policies in this direction.
        Way wayBack() {
            boolean known = leaves && (enters || isHeld(from, Direction.INGRESS) || isHeld(from, Direction.EGRESS));
            boolean left = known ? enters : !isHeld(to, Direction.EGRESS);
            return new Way(left, left && isHeard());
        }

        /// Whether what answers reaches who began, whoever sends it.
        boolean isHeard() {
            return leaves || !isHeld(from, Direction.INGRESS);
        }

        private static boolean isHeld(@Nullable LocalPod pod, Direction direction) {
            return pod != null && pod.set(direction) != 0;
        }
    }

    @Test
    void objectsAndThePacketsOfBothPodsAgree() {
        ClusterPlay.play(Node::new, End.values());
    }

    private static final class Node implements ClusterPlay.Node<End> {

        private final PinnedPolicies pinned = new PinnedPolicies();
        private PodHooks hooks = hooks();

        private PodHooks hooks() {
            pinned.datapath().policies().enforce(true);
            return new PodHooks(pinned.bpffs());
        }

        @Override
        public void restart() {
            hooks.close();
            pinned.reopen();
            hooks = hooks();
        }

        @Override
        public void close() {
            hooks.close();
            pinned.close();
        }

        @Override
        public void check(PolicyInputs inputs, Consumer<End> ends) {
            PolicyPlan plan = PolicyCompiler.compile(inputs);
            assertThat(pinned.current().publish(plan, EndpointFacts.NONE)).isInstanceOf(PublishResult.Published.class);
            // No verdict depends on it; that of a cluster is the same whenever it is tried.
            hooks.translatedSome(inputs.pods().size() % 2 == 0);
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
                        ends.accept(end(leaves, enters));
                        assertAgrees(
                                source,
                                destination,
                                traffic,
                                new Verdicts(local(plan, from), leaves, local(plan, to), enters));
                    }
                }
            }
        }

        private static @Nullable LocalPod local(PolicyPlan plan, @Nullable PolicyPod pod) {
            return pod == null ? null : plan.localPods().get(pod.name());
        }

        private void assertAgrees(IpAddress source, IpAddress destination, Traffic traffic, Verdicts verdicts) {
            PacketBuilder packet = hooks.open(source, destination, traffic);
            assertThat(way(packet.toBytes()))
                    .as("%s -> %s %s", source, destination, traffic)
                    .isEqualTo(verdicts.way());
            if (traffic.equals(ECHO)) {
                assertThat(way(hooks.echoReply(destination, source)))
                        .as("reply to %s -> %s", source, destination)
                        .isEqualTo(verdicts.wayBack());
            }
            assertThat(way(PodHooks.error(destination, source, packet)))
                    .as("error about %s -> %s %s", source, destination, traffic)
                    .isEqualTo(verdicts.wayBack());
            assertThat(hooks.receives(PodHooks.error(source.isV4() ? ROUTER : ROUTER_V6, source, packet)))
                    .as("a router's error about %s -> %s %s", source, destination, traffic)
                    .isEqualTo(verdicts.isHeard());
        }

        private Way way(byte[] packet) {
            boolean left = hooks.sends(packet);
            return new Way(left, left && hooks.receives(packet));
        }
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
