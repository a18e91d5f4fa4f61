// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class BackendIdsTest {

    private static final long QUARANTINE = 1000;
    private static final int STRIDE = 8;

    @AutoClose
    private final Arena arena = Arena.ofConfined();

    private final AtomicLong clock = new AtomicLong();
    private final Quarantine quarantine = new Quarantine(clock::get, QUARANTINE);

    private ArrayMemory memory(int entries) {
        return new ArrayMemory("backends", arena.allocate((long) entries * STRIDE, 8), 4, entries);
    }

    @Test
    void anIdIsPublishedUntilItIsReleased() {
        var ids = new BackendIds(memory(4), quarantine, Growth.NEVER);
        int id = ids.allocate();
        assertThat(id).isNotZero();
        assertThat(ids.isPublished(id)).isTrue();
        ids.release(id);
        assertThat(ids.isPublished(id)).isFalse();
        assertThatThrownBy(() -> ids.release(id)).hasMessage("backend id 1/0 is not allocated");
    }

    @Test
    void whenAllAreInUseOrQuarantineTheMapMustGrow() {
        ArrayMemory memory = memory(4);
        var ids = new BackendIds(memory, quarantine, Growth.NEVER);
        int first = ids.allocate();
        ids.allocate();
        ids.allocate();
        ids.release(first);
        assertThatThrownBy(ids::allocate)
                .isInstanceOf(MapFullException.class)
                .hasMessage(
                        "grow map backends: full, it has 4 entries (E2BIG); raise map-backends in the configuration");
        clock.addAndGet(QUARANTINE);
        assertThat(ids.allocate()).as("index 1 again, reuse count 1").isEqualTo(BackendIds.id(1, 1));
    }

    @Test
    void growthKeepsWhatIsPublished() {
        ArrayMemory memory = memory(4);
        var ids = new BackendIds(memory, quarantine, (map, entries) -> {
            MemorySegment larger = arena.allocate(8L * STRIDE, 8);
            larger.copyFrom(memory.view().memory());
            memory.replace(larger, 8);
        });
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            all.add(ids.allocate());
        }
        assertThat(all).doesNotHaveDuplicates().allMatch(ids::isPublished);
        assertThat(ids.capacity()).isEqualTo(7);
    }

    /// A restart in the middle may come at any step; what extents hold is what survives.
    @Test
    void idsDoNotComeBackWhileTheirCountLasts() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        ArrayMemory memory = memory(32);
        var ids = new BackendIds(memory, quarantine, Growth.NEVER);
        List<Integer> live = new ArrayList<>();
        Set<Integer> everSeen = new HashSet<>();
        Map<Integer, Long> releasedAt = new HashMap<>();
        for (int step = 0; step < 50_000; step++) {
            clock.addAndGet(random.nextInt(200));
            int action = random.nextInt(1000);
            if (action < 500 && live.size() < 20 && ids.used() < 20) {
                int id;
                try {
                    id = ids.allocate();
                } catch (MapFullException e) {
                    continue; // the rest is in quarantine
                }
                assertThat(everSeen.add(id))
                        .as("seed %d, step %d: %s is new", seed, step, BackendIds.text(id))
                        .isTrue();
                long since = clock.get() - releasedAt.getOrDefault(BackendIds.index(id), Long.MIN_VALUE / 2);
                assertThat(since).as("seed %d: quarantine", seed).isGreaterThanOrEqualTo(QUARANTINE);
                live.add(id);
            } else if (action < 990 && !live.isEmpty()) {
                int id = live.remove(/* index */ random.nextInt(live.size()));
                ids.release(id);
                releasedAt.put(BackendIds.index(id), clock.get());
            } else if (action == 999) {
                ids = new BackendIds(memory, quarantine, Growth.NEVER);
                ids.adopt(live);
                releasedAt.clear();
            }
            assertThat(live).allMatch(ids::isPublished);
            assertThat(ids.used()).isEqualTo(live.size());
        }
    }

    @Test
    void adoptionFreesWhatNoExtentHoldsAndPublishesWhatOneDoes() {
        ArrayMemory memory = memory(16);
        var before = new BackendIds(memory, quarantine, Growth.NEVER);
        int kept = before.allocate();
        int lost = before.allocate();
        int early = before.allocate();
        before.release(early); // died before it published the extent without this one

        var after = new BackendIds(memory, quarantine, Growth.NEVER);
        assertThat(after.adopt(List.of(kept, early))).isEqualTo(2);

        assertThat(after.isPublished(kept)).isTrue();
        assertThat(after.isPublished(early)).isTrue();
        assertThat(after.isPublished(lost)).isFalse();
        assertThat(after.used()).isEqualTo(2);
        assertThat(after.adopt(List.of(kept))).as("again, with less").isEqualTo(1);
        assertThat(after.isPublished(early)).isFalse();
        assertThat(after.used()).isEqualTo(1);
        assertThat(after.allocate()).as("the lost index with another count").isEqualTo(BackendIds.id(2, 1));
    }

    @Test
    void theCountWrapsWithoutTouchingTheIndex() {
        ArrayMemory memory = memory(2);
        var ids = new BackendIds(memory, quarantine, Growth.NEVER);
        int first = ids.allocate();
        ids.release(first);
        for (int i = 1; i < 4096; i++) {
            clock.addAndGet(QUARANTINE);
            int id = ids.allocate();
            assertThat(id).isNotEqualTo(first);
            ids.release(id);
        }
        clock.addAndGet(QUARANTINE);
        assertThat(ids.allocate()).isEqualTo(first);
    }
}
