// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.net.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// 150,000 addresses of 75,000 pods, kept with their identities. A plan is what the kernel gets of it.
class AddressScaleTest {

    private static final int PODS = 75_000;
    private static final int POLICIES = 200;
    private static final int MEBIBYTE = 1 << 20;

    @Test
    void theAddressesOfALargeClusterAreKeptInSixtyMebibytes() {
        long before = usedMemory();
        PolicyState state = state();
        long known = usedMemory();
        IncrementalCompiler compiler = new IncrementalCompiler("n1");
        PolicyPlan plan = compiler.compile(state, PolicyChanges.EVERYTHING);
        long compiled = usedMemory();

        System.out.printf(
                "%d addresses of %d identities: pods %.1f MiB, compiler and plan %.1f MiB%n",
                plan.ipcache().size(),
                plan.identities().size(),
                (known - before) / (double) MEBIBYTE,
                (compiled - known) / (double) MEBIBYTE);
        assertThat(plan.ipcache()).hasSize(2 * PODS);
        assertThat(compiled - before).isLessThan(60 * MEBIBYTE);
        // Neither is collected before it is measured.
        assertThat(compiler.compile(state, PolicyChanges.NONE).ipcache()).isSameAs(plan.ipcache());
    }

    private static PolicyState state() {
        PMap<ObjectName, PolicyPod> pods = HashTreePMap.empty();
        Map<String, String> labels = Map.of();
        for (int i = 0; i < PODS; i++) {
            int deployment = i / 10;
            if (i % 10 == 0) {
                labels = Map.of("app", "app-" + deployment, "pod-template-hash", "7c5ddbdf54");
            }
            ObjectName name = new ObjectName(
                    ("ns" + deployment % LargeCluster.NAMESPACES).intern(),
                    "deployment-%d-7c5ddbdf54-%05x".formatted(deployment, i));
            pods = pods.plus(name, pod(name, labels, i));
        }
        PolicyState state = PolicyState.EMPTY.withPods(pods);
        for (int i = 0; i < POLICIES; i++) {
            var policy = LargeCluster.policy(i);
            state = state.withNetworkPolicies(state.networkPolicies().plus(policy.name(), policy));
        }
        return state;
    }

    private static PolicyPod pod(ObjectName name, Map<String, String> labels, int i) {
        return new PolicyPod(
                name,
                "",
                Instant.EPOCH,
                labels,
                List.of(IpAddress.ofV4(0x0a000000 + i), new IpAddress(0xfd00L << 48, i)),
                false,
                false,
                Set.of(),
                ("n" + i % 500).intern());
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
