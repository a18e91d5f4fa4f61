// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.policy.PolicyInputs;
import io.culvert.policy.RandomCluster;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Random clusters, one after the other in the same maps, at two nodes at a time: much of what a publication takes is
/// to wait for programs. `-Dpolicy.seed=N` plays one cluster again, `-Dpolicy.kernel.clusters=N` that many.
final class ClusterPlay {

    private static final int CLUSTERS = Integer.getInteger("policy.kernel.clusters", 1_000);
    private static final int NODES = 2;

    /// To load the programs takes as long as fifty clusters.
    private static final int CLUSTERS_A_PROCESS = 250;

    /// Of one thread.
    interface Node<T> extends AutoCloseable {

        /// As when the agent ends and another begins.
        void restart();

        /// @param found is given what became of each question
        /// @throws AssertionError if anybody disagrees
        void check(PolicyInputs inputs, Consumer<T> found);

        @Override
        void close();
    }

    private final @Nullable Long only = Long.getLong("policy.seed");
    private final long first = only != null ? only : new Random().nextLong();
    private final int clusters = only != null ? 1 : CLUSTERS;
    private final AtomicInteger next = new AtomicInteger();

    /// @param all what must have been found in the end
    static <T> void play(Supplier<? extends Node<T>> nodes, T[] all) {
        ClusterPlay play = new ClusterPlay();
        Map<T, Integer> found = new ConcurrentSkipListMap<>();
        IntStream.range(0, Math.min(NODES, play.clusters)).parallel().forEach(_ -> {
            try (Node<T> node = nodes.get()) {
                play.follow(node, one -> found.merge(one, 1, Integer::sum));
            }
        });
        System.out.println(play.clusters + " clusters from seed " + play.first + ": " + found);
        if (play.only == null) {
            assertThat(found).as("what occurs").containsOnlyKeys(all);
        }
    }

    private <T> void follow(Node<T> node, Consumer<T> found) {
        int played = 0;
        for (int i = next.getAndIncrement(); i < clusters; i = next.getAndIncrement()) {
            if (played++ % CLUSTERS_A_PROCESS == 0 && played > 1) {
                node.restart();
            }
            long seed = first + i;
            try {
                node.check(new RandomCluster(seed).next(), found);
            } catch (RuntimeException | AssertionError e) {
                next.set(clusters);
                throw new AssertionError("seed " + seed + " of clusters from " + first + ": " + e.getMessage(), e);
            }
        }
    }
}
