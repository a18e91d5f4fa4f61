// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.PolicyTables;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.policy.PolicyCompiler;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.PolicyPlan;
import io.culvert.testkit.KernelTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What is in the kernel after plans were published, and after a restart.
@KernelTest
final class PublisherKernelTest {

    private static final ObjectName POD = new ObjectName("x", "a");
    private static final IpAddress ADDRESS = IpAddress.of("10.1.0.2");

    @AutoClose
    private final PinnedPolicies pinned = new PinnedPolicies();

    @Test
    void aRestartWritesAroundWhatIsThereAndSweepsItAfterwards() {
        publish(plan(3));
        int before = epoch();
        pinned.reopen();
        publish(plan(3));

        assertThat(epoch()).isEqualTo(before + 1);
        assertThat(endpoint().side0()).isEqualTo(endpoint().side1());
        assertThat(tables().peers().count()).isEqualTo(3);
        assertThat(tables().cidrs().count()).isEqualTo(6);
        assertThat(usedSets()).isEqualTo(1);
    }

    @Test
    void theSamePlanAgainWritesNothing() {
        publish(plan(3));
        int before = epoch();
        assertThat(publish(plan(3)).changed()).isFalse();
        assertThat(epoch()).isEqualTo(before);
    }

    @Test
    void C5_06_theAddressOfADeletedPodIsNobodysAndItsConnectionsAreAskedAgain() {
        publish(plan(3));
        int before = epoch();
        publish(plan(3, List.of()));

        assertThat(tables().endpoints().count()).isZero();
        assertThat(tables().ipcache().count()).isZero();
        assertThat(epoch()).isNotEqualTo(before);
    }

    @Test
    void tenThousandBlocksAreWrittenInBatches() {
        publish(plan(0));
        PolicyPlan large = plan(10_000);
        long began = System.nanoTime();
        long enforced = publish(large).enforcedAt();
        System.out.println("10,000 blocks enforced after " + (enforced - began) / 1_000_000 + " ms");
        assertThat(tables().peers().count()).isEqualTo(10_000);
        publish(plan(0));
        assertThat(tables().peers().count()).isZero();
        assertThat(tables().cidrs().count()).isZero();
    }

    private PublishResult.Published publish(PolicyPlan plan) {
        return (PublishResult.Published) pinned.current().publish(plan, EndpointFacts.NONE);
    }

    private int epoch() {
        return tables().control().get(0).epoch();
    }

    private Endpoint endpoint() {
        return tables().endpoints().get(EndpointKey.of(ADDRESS)).orElseThrow();
    }

    private long usedSets() {
        return IntStream.range(0, tables().sets().maxEntries())
                .filter(set -> !tables().sets().get(set).equals(PolicySetEntry.NONE))
                .count();
    }

    private PolicyTables tables() {
        return pinned.datapath().maps().policies();
    }

    /// A pod that so many blocks may reach; with none no policy selects it.
    private static PolicyPlan plan(int blocks) {
        PolicyPod pod =
                new PolicyPod(POD, "u1", Instant.EPOCH, Map.of(), List.of(ADDRESS), false, false, Set.of(), "n1");
        return plan(blocks, List.of(pod));
    }

    private static PolicyPlan plan(int blocks, List<PolicyPod> pods) {
        List<PolicyPeer> peers = IntStream.range(0, blocks)
                .<PolicyPeer>mapToObj(i ->
                        new PolicyPeer.IpBlock(new IpPrefix(IpAddress.ofV4(0x0b000000 + (i << 8)), 24), List.of()))
                .toList();
        NetworkPolicy policy = new NetworkPolicy(
                new ObjectName("x", "p"),
                new LabelSelector(Map.of(), List.of()),
                Set.of(Direction.INGRESS),
                List.of(new NetworkPolicyRule(peers, List.of())),
                List.of());
        return PolicyCompiler.compile(new PolicyInputs(
                List.of(), pods, List.of(), blocks == 0 ? List.of() : List.of(policy), List.of(), Set.of(POD)));
    }
}
