// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyState;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// What is made of changes is what would be made of the whole.
class IncrementalCompilerTest {

    private static final int SEQUENCES = 200;
    private static final int STEPS = 25;

    /// `-Dpolicy.seed=N` plays one again.
    @Test
    void C5_03_C5_04_C5_05_everyPlanOfASequenceSaysWhatAFullCompilationSays() {
        long seed = Long.getLong("policy.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("policy.seed=" + seed);
        for (int i = 0; i < SEQUENCES; i++) {
            sequence(seed + i);
        }
    }

    private static void sequence(long seed) {
        ClusterDrift drift = new ClusterDrift(seed);
        IncrementalCompiler compiler = new IncrementalCompiler("n1");
        PolicyState state = drift.state();
        assertThat(content(compiler.compile(state, PolicyChanges.EVERYTHING))).isEqualTo(full(state));
        for (int step = 0; step < STEPS; step++) {
            PolicyChanges changes = drift.change();
            state = drift.state();
            PlanContent plan = content(compiler.compile(state, changes));
            assertThat(plan).as("seed %d, step %d: %s", seed, step, changes).isEqualTo(full(state));
        }
    }

    @Test
    void setsThatSayTheSameAsBeforeAreTheSame() {
        IncrementalCompiler compiler = new IncrementalCompiler("n1");
        LargeCluster cluster = new LargeCluster();
        PolicyPlan before = compiler.compile(cluster.state(), PolicyChanges.EVERYTHING);

        PolicyPlan after = compiler.compile(cluster.state(), cluster.relabel(7, "pod-template-hash", "other"));

        assertThat(after.classes()).isSameAs(before.classes());
        assertThat(after.ipcache()).isSameAs(before.ipcache());
        assertThat(after.sets()).isEqualTo(before.sets());
    }

    private static PlanContent content(PolicyPlan plan) {
        return PlanContent.of(plan);
    }

    private static PlanContent full(PolicyState state) {
        return content(PolicyCompiler.compile(PolicyInputs.of(ClusterState.EMPTY.withPolicies(state), "n1")));
    }
}
