// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.LargeCluster.PODS;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.policy.PolicyChanges;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/// A large cluster is compiled in seconds, a change of it in milliseconds, and what is made of it stays small.
class PolicyScaleTest {

    private static final int MANY = 300;
    private static final int SOME = 60;

    private final LargeCluster cluster = new LargeCluster();

    /// A quadratic step anywhere would take minutes; a machine that is busy does not.
    @Test
    void aLargeClusterIsCompiledInSeconds() {
        PolicyInputs inputs = PolicyInputs.of(ClusterState.EMPTY.withPolicies(cluster.state()), "n1");
        PolicyPlan plan = PolicyCompiler.compile(inputs);
        long start = System.nanoTime();
        PolicyPlan again = PolicyCompiler.compile(inputs);
        long millis = (System.nanoTime() - start) / 1_000_000;

        System.out.printf(
                "compiled %d pods, %d policies in %d ms: %d identities, %d classes, %d tables, %d sets%n",
                PODS,
                LargeCluster.POLICIES,
                millis,
                plan.identities().size(),
                plan.classes().size(),
                plan.tables().size(),
                plan.sets().size());
        assertThat(again).isEqualTo(plan);
        assertThat(millis).isLessThan(10_000);
        assertThat(plan.localPods()).hasSize(110);
        assertThat(plan.ipcache()).hasSize(2 * PODS);
        assertThat(plan.tables()).as("tables are shared").hasSizeLessThan(100);
    }

    /// Times are printed. What is asserted is far above them, and far below a full compilation of each.
    @Test
    void C5_03_aChangeIsCompiledInMilliseconds() {
        IncrementalCompiler compiler = new IncrementalCompiler("n1");
        PolicyPlan plan = compiler.compile(cluster.state(), PolicyChanges.EVERYTHING);
        assertThat(plan.localPods()).hasSize(110);

        long relabelled =
                measure(compiler, MANY, "pod's label, identity known", i -> cluster.relabel(i, "app", "a" + i % 5));
        long renewed = measure(compiler, MANY, "pod's label, identity new", i -> cluster.relabel(i, "app", "new" + i));
        measure(compiler, MANY, "local pod's label", i -> cluster.relabel(i % 110 * 45, "app", "a" + i % 7));
        measure(compiler, MANY, "pod deleted", i -> cluster.removePod(1_000 + i));
        measure(compiler, MANY, "pod added", i -> cluster.put(LargeCluster.pod(1_000 + i, Map.of("app", "a1"))));
        measure(compiler, SOME, "namespace's label", i -> cluster.put(LargeCluster.namespace(i, "t" + (i + 1) % 20)));
        measure(compiler, SOME, "policy added", i -> cluster.put(LargeCluster.policy(LargeCluster.POLICIES + i)));

        assertThat(relabelled).isLessThan(200_000);
        assertThat(renewed).isLessThan(200_000);
    }

    /// Returns the median in microseconds.
    private long measure(IncrementalCompiler compiler, int count, String what, IntFunction<PolicyChanges> change) {
        long[] micros = new long[count];
        for (int i = 0; i < count; i++) {
            PolicyChanges changes = change.apply(i);
            long start = System.nanoTime();
            PolicyPlan plan = compiler.compile(cluster.state(), changes);
            micros[i] = (System.nanoTime() - start) / 1_000;
            assertThat(plan.sets()).isNotEmpty();
        }
        Arrays.sort(micros);
        System.out.printf(
                "%s: median %d us, p99 %d us, most %d us%n",
                what, micros[count / 2], micros[count * 99 / 100], micros[count - 1]);
        return micros[count / 2];
    }
}
