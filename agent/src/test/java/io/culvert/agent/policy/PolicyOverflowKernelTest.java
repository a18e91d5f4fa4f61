// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.net.IpAddress;
import io.culvert.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Policies that do not get into the maps: what was enforced stays, and whoever should know is told.
@KernelTest
@SuppressWarnings("NullAway.Init") // set before each test
final class PolicyOverflowKernelTest {

    private static final String NODE = "n1";
    private static final ObjectName FIRST = new ObjectName("default", "first");
    private static final ObjectName SECOND = new ObjectName("default", "second");

    /// Of a node, `endpoints` has room for 65,536 addresses and interfaces, and no more.
    private static final int TOO_MANY = 65_600;

    /// Removed also if Ctrl-C ends this.
    private final Path directory =
            Path.of("/run", "culvert-overflow-" + ProcessHandle.current().pid());

    private final List<Told> told = new ArrayList<>();
    private Datapath datapath;
    private NodePolicies policies;

    private record Told(ObjectKind kind, ObjectName object, String reason, String message) {}

    @BeforeEach
    void open() throws Exception {
        Files.createDirectory(directory);
        run("mount", "-t", "bpf", "bpf", directory.toString());
        datapath = Datapath.open(DatapathConfig.of(directory.resolve("culvert")).withEntries(Map.of("endpoints", 64)));
        policies = new NodePolicies(
                datapath,
                NODE,
                0,
                (kind, object, reason, message) -> told.add(new Told(kind, object, reason, message)),
                _ -> {},
                new PodExposure(System::nanoTime, _ -> {}));
        policies.apply(ClusterUpdate.everything(state(10, FIRST), true));
        assertThat(policies.status().enforced()).isTrue();
        assertThat(told).isEmpty();
    }

    @AfterEach
    void close() throws Exception {
        datapath.close();
        run("umount", directory.toString());
        Files.delete(directory);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    /// So many pods of the node, all of which these policies select.
    private static ClusterState state(int pods, ObjectName... selecting) {
        PMap<ObjectName, PolicyPod> all = HashTreePMap.empty();
        for (int i = 0; i < pods; i++) {
            ObjectName name = new ObjectName("default", "pod" + i);
            IpAddress address = IpAddress.ofV4(0x0a010000 + i);
            all = all.plus(
                    name,
                    new PolicyPod(
                            name, "u" + i, Instant.EPOCH, Map.of(), List.of(address), false, false, Set.of(), NODE));
        }
        PolicyState state = PolicyState.EMPTY.withPods(all);
        for (ObjectName name : selecting) {
            NetworkPolicy policy = new NetworkPolicy(name, LabelSelector.EVERYTHING, Set.of(), List.of(), List.of());
            state = state.withNetworkPolicies(state.networkPolicies().plus(name, policy));
        }
        return ClusterState.EMPTY.withPolicies(state);
    }

    private static ClusterUpdate update(ClusterState state, Map<ObjectKind, Set<ObjectName>> changed) {
        return new ClusterUpdate(state, Set.of(), false, true, true, new PolicyChanges(false, changed));
    }

    private static Set<ObjectName> names(ClusterState state) {
        return state.policies().pods().keySet();
    }

    private int epoch() {
        return datapath.maps().policies().control().get(0).epoch();
    }

    @Test
    void whatDoesNotFitIsToldOfThePolicyThatWasChanged() {
        int before = epoch();
        ClusterState large = state(TOO_MANY, FIRST, SECOND);

        policies.apply(update(large, Map.of(ObjectKind.POD, names(large), ObjectKind.NETWORK_POLICY, Set.of(SECOND))));

        assertThat(told).hasSize(1).first().satisfies(one -> {
            assertThat(one.kind()).isEqualTo(ObjectKind.NETWORK_POLICY);
            assertThat(one.object()).isEqualTo(SECOND);
            assertThat(one.reason()).isEqualTo("FailedToEnforcePolicy");
            assertThat(one.message())
                    .contains("endpoints", "full")
                    .isEqualTo(policies.status().refused());
        });
        assertThat(policies.status().failures()).isEqualTo(1);
        assertThat(policies.status().enforced()).isTrue();
        assertThat(epoch()).as("what was enforced stays").isEqualTo(before);
        ClusterState small = state(10, FIRST, SECOND);
        policies.apply(update(small, Map.of(ObjectKind.POD, names(large))));
        assertThat(policies.status().refused()).isEmpty();
        assertThat(told).hasSize(1);
    }

    @Test
    void whereNoPolicyWasChangedTheNodeIsTold() {
        ClusterState large = state(TOO_MANY, FIRST);

        policies.apply(update(large, Map.of(ObjectKind.POD, names(large))));

        assertThat(told)
                .containsExactly(new Told(
                        ObjectKind.NODE,
                        new ObjectName("", NODE),
                        "FailedToEnforcePolicy",
                        policies.status().refused()));
    }

    @Test
    void whatTheKernelRefusesIsToldAsWell() throws Exception {
        int before = epoch();
        run("mount", "-o", "remount,bind,ro", directory.toString());
        ClusterState more = state(1000, FIRST, SECOND);

        assertThatThrownBy(() -> policies.apply(
                        update(more, Map.of(ObjectKind.POD, names(more), ObjectKind.NETWORK_POLICY, Set.of(SECOND)))))
                .hasMessageContaining("EROFS");

        assertThat(told).hasSize(1).first().satisfies(one -> {
            assertThat(one.object()).isEqualTo(SECOND);
            assertThat(one.message())
                    .contains("endpoints", "EROFS")
                    .isEqualTo(policies.status().refused());
        });
        assertThat(policies.status().failures()).isEqualTo(1);
        assertThat(epoch()).isEqualTo(before);
        run("mount", "-o", "remount,bind,rw", directory.toString());
        policies.apply(update(more, Map.of(ObjectKind.POD, names(more), ObjectKind.NETWORK_POLICY, Set.of(SECOND))));
        assertThat(policies.status().refused()).isEmpty();
    }
}
