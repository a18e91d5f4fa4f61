// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.policy.PolicyInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Plans of random histories are published into a model of the maps, while model programs ask for verdicts:
/// some of them begin, and some go on by a lookup, between any two writes. `-Dpublish.seed=N` plays one
/// history again.
class PublicationModelTest {

    private static final int HISTORIES = Integer.getInteger("publish.histories", 300);

    /// A program and what it may answer.
    private record Running(ModelProgram program, List<Plans> valid) {}

    /// One history.
    private static final class Run implements ModelTarget.Between {

        private final Random random;
        private final List<Running> running = new ArrayList<>();
        private final ModelTarget maps;
        private final boolean crashes;
        /// Those that may hold now: several only while something is being published, or was when a process
        /// ended.
        private List<Plans> valid = List.of(Plans.NOTHING);
        private int answers;
        private int refused;
        private int crashed;

        Run(long seed, boolean crashes) {
            random = new Random(seed);
            this.crashes = crashes;
            maps = new ModelTarget(random.nextInt(3) == 0 ? 40 : 400, this);
        }

        void play(long seed) {
            RandomHistory history = new RandomHistory(seed);
            Publisher publisher = new Publisher(maps, () -> 1);
            for (int i = 0; i < 6; i++) {
                PolicyInputs inputs = history.next();
                Plans next = new Plans(inputs, history::facts);
                maps.growthRefused = random.nextBoolean();
                maps.crashAt = crashes && random.nextBoolean() ? maps.writes + random.nextInt(120) : Integer.MAX_VALUE;
                publisher = publish(publisher, next);
            }
            maps.crashAt = Integer.MAX_VALUE;
            programsEnd();
        }

        private Publisher publish(Publisher publisher, Plans next) {
            List<Object> before = maps.content();
            List<Plans> old = valid;
            valid = new ArrayList<>(old);
            valid.add(next);
            running.forEach(program -> program.valid.add(next));
            try {
                if (isRefused(publisher, next)) {
                    refused++;
                    assertThat(maps.content()).as("nothing is written").isEqualTo(before);
                    valid = old;
                    return publisher;
                }
                valid = new ArrayList<>(List.of(next));
                next.questions().forEach(question -> check(new Running(new ModelProgram(maps, question), valid)));
                checkLeftOvers(next);
                return publisher;
            } catch (ModelTarget.Crash e) {
                crashed++;
                maps.crashAt = Integer.MAX_VALUE;
                return new Publisher(maps, () -> 1);
            }
        }

        private static boolean isRefused(Publisher publisher, Plans next) {
            try {
                return publisher.publish(next.plan, next.facts) instanceof PublishResult.Refused;
            } catch (ModelTarget.RefusedGrowth e) {
                return true;
            }
        }

        /// Both sides are equal, and nothing is there that no plan needs.
        private void checkLeftOvers(Plans next) {
            assertThat(maps.endpoints.values())
                    .allMatch(endpoint -> endpoint.side0().equals(endpoint.side1()));
            assertThat(maps.ipcache.values()).allMatch(entry -> entry.side0() == entry.side1());
            assertThat(maps.ipcache).hasSameSizeAs(next.plan.ipcache());
            assertThat(maps.cidrs).hasSize(2 * next.plan.cidrs().size());
            Set<Integer> sets = Set.copyOf(
                    maps.peers.keySet().stream().map(key -> key.set()).toList());
            assertThat(sets.size()).isLessThanOrEqualTo(next.plan.sets().size() - 1);
            assertThat(maps.sets.stream().filter(set -> set.flags() != 0).count())
                    .isLessThanOrEqualTo(next.plan.sets().size() - 1);
        }

        @Override
        public void writes() {
            if (random.nextInt(3) == 0) {
                begin();
            }
            for (int i = 0; i < running.size(); i++) {
                if (random.nextBoolean()) {
                    running.get(i).program.step();
                }
                if (running.get(i).program.isOver()) {
                    check(running.remove(i--));
                }
            }
        }

        private void begin() {
            List<ModelProgram.Question> questions =
                    valid.get(random.nextInt(valid.size())).questions();
            if (!questions.isEmpty()) {
                running.add(new Running(
                        new ModelProgram(maps, questions.get(random.nextInt(questions.size()))),
                        new ArrayList<>(valid)));
            }
        }

        @Override
        public void programsEnd() {
            running.forEach(this::check);
            running.clear();
        }

        private void check(Running one) {
            boolean found = one.program.runToEnd();
            ModelProgram.Question question = one.program.question();
            for (Plans plan : one.valid) {
                for (Plans other : one.valid) {
                    if (!plan.clear(question, other)) {
                        return;
                    }
                }
            }
            answers++;
            assertThat(one.valid)
                    .as("%s is what one of %d plans says", one.program, one.valid.size())
                    .anyMatch(plan -> plan.allows(question) == found);
        }
    }

    @Test
    void C5_15_C5_16_everyVerdictIsOfTheOldPlanOrOfTheNew() {
        play(false);
    }

    @Test
    void C3_07_C5_12_aCrashAtAnyWriteOpensNothing() {
        play(true);
    }

    private static void play(boolean crashes) {
        @Nullable Long only = Long.getLong("publish.seed");
        long first = only != null ? only : new Random().nextLong();
        int[] counts = LongStream.range(0, only != null ? 1 : HISTORIES)
                .parallel()
                .mapToObj(i -> {
                    Run run = new Run(first + i, crashes);
                    try {
                        run.play(first + i);
                    } catch (AssertionError e) {
                        throw new AssertionError("seed " + (first + i) + ": " + e.getMessage(), e);
                    }
                    return new int[] {run.answers, run.refused, run.crashed, run.maps.writes};
                })
                .reduce(new int[4], (one, other) -> {
                    int[] sum = new int[4];
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] = one[i] + other[i];
                    }
                    return sum;
                });
        System.out.printf(
                "histories from seed %d: %d verdicts, %d plans refused, %d crashes, %d writes%n",
                first, counts[0], counts[1], counts[2], counts[3]);
        if (only == null) {
            assertThat(counts[1]).as("plans that do not fit occur").isPositive();
            assertThat(counts[2] > 0).as("crashes occur").isEqualTo(crashes);
        }
    }
}
