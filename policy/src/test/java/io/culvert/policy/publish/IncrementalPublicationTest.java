// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.maps.AddressKey;
import io.culvert.maps.IpcacheEntry;
import io.culvert.policy.ClusterDrift;
import io.culvert.policy.Identity;
import io.culvert.policy.IncrementalCompiler;
import io.culvert.policy.PolicyPlan;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// Plans that are made one from the other, of which only what changed is looked at.
class IncrementalPublicationTest {

    private static final int HISTORIES = 200;
    private static final int STEPS = 25;

    private static final ModelTarget.Between NOTHING = new ModelTarget.Between() {
        @Override
        public void writes() {}

        @Override
        public void programsEnd() {}
    };

    private int published;
    private int refused;
    private int crashed;

    /// Whatever failed before: a plan that did not fit, or a process that died while it wrote. `-Dpublish.seed=N` plays
    /// one history again.
    @Test
    void theMapsSayWhatThePlanSays() {
        long seed = Long.getLong("publish.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("publish.seed=" + seed);
        for (int i = 0; i < HISTORIES; i++) {
            play(seed + i);
        }
        System.out.printf("%d plans published, %d refused, %d crashes%n", published, refused, crashed);
        assertThat(published).isPositive();
        assertThat(refused).isPositive();
        assertThat(crashed).isPositive();
    }

    private void play(long seed) {
        Random random = new Random(seed);
        ClusterDrift drift = new ClusterDrift(seed);
        ModelTarget maps = new ModelTarget(random.nextInt(3) == 0 ? 40 : 4000, NOTHING);
        IncrementalCompiler compiler = new IncrementalCompiler("n1");
        Publisher publisher = new Publisher(maps, () -> 1);
        PolicyChanges changes = PolicyChanges.EVERYTHING;
        for (int step = 0; step < STEPS; step++) {
            PolicyPlan plan = compiler.compile(drift.state(), changes);
            maps.crashAt = random.nextInt(6) == 0 ? maps.writes + random.nextInt(60) : Integer.MAX_VALUE;
            try {
                if (publisher.publish(plan, EndpointFacts.NONE) instanceof PublishResult.Refused) {
                    refused++;
                } else {
                    published++;
                    assertThat(maps.ipcache)
                            .as("seed %d, step %d: %s", seed, step, changes)
                            .isEqualTo(expected(plan, publisher.publication().identities()));
                    new WrittenSets(maps, plan, publisher.publication())
                            .check("seed %d, step %d: %s".formatted(seed, step, changes));
                }
            } catch (ModelTarget.Crash e) {
                crashed++;
                publisher = new Publisher(maps, () -> 1);
            }
            changes = drift.change();
        }
    }

    private static Map<AddressKey, IpcacheEntry> expected(PolicyPlan plan, Map<Identity, Integer> numbers) {
        Map<AddressKey, IpcacheEntry> expected = new HashMap<>();
        plan.ipcache().forEach((address, planned) -> {
            int number = Objects.requireNonNull(numbers.get(plan.identities().get(planned)));
            expected.put(new AddressKey(address), new IpcacheEntry(number, number));
        });
        return expected;
    }
}
