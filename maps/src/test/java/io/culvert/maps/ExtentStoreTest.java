// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.maps.layout.CTypes;
import io.culvert.net.IpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class ExtentStoreTest {

    private static final long SECOND = 1_000_000_000L;

    @AutoClose
    private final Arena arena = Arena.ofShared();

    private final AtomicLong clock = new AtomicLong();
    private final Quarantine quarantine = new Quarantine(clock::get, SECOND);
    private final ArrayMemory services = new ArrayMemory("services", arena.allocate(64 * 8L, 8), 8, 64);
    private final ArrayMemory slots = new ArrayMemory("slots", arena.allocate(256 * 32L, 8), 32, 256);

    private ExtentStore open(Growth growth) {
        return new ExtentStore(services, slots, quarantine, growth);
    }

    static Extent extent(int service, int count, int stamp) {
        List<Backend> backends = IntStream.range(0, count)
                .mapToObj(i -> new Backend(
                        IpAddress.ofV4(0x0a000000 + stamp), 1 + i, 1, BackendIds.id(1 + i, 0), 0, false, false))
                .toList();
        return new Extent(service, 0, 0, 0, count, 0, Algorithm.RANDOM, false, false, backends);
    }

    @Test
    void readsBackWhatItPublished() {
        ExtentStore store = open(Growth.NEVER);
        Backend local = new Backend(IpAddress.of("fd00::1"), 80, 1, 17, 3, true, false);
        Backend remote = new Backend(IpAddress.of("fd00::2"), 80, 2, 18, 0, false, true);
        Extent sets = new Extent(5, 99, 1, 0, 2, 10800, Algorithm.RANDOM, true, false, List.of(local, remote));

        assertThat(store.publish(sets)).isEqualTo(1);
        assertThat(store.read(5)).contains(sets.withGeneration(1));
        assertThat(store.publish(extent(5, 0, 0))).isEqualTo(2);
        assertThat(store.read(5)).contains(extent(5, 0, 0).withGeneration(2));
        assertThat(store.published()).containsExactly(5);

        store.withdraw(5);
        assertThat(store.read(5)).isEmpty();
        assertThatThrownBy(() -> store.publish(sets)).hasMessage("service 5 was withdrawn; reserve another index");
    }

    @Test
    void saysPlainOnlyWhereTheHeaderNeedNotBeRead() {
        assertThat(extent(1, 3, 0).plain()).isTrue();
        assertThat(extent(1, 0, 0).plain()).as("no backends").isFalse();
        List<Backend> backends = extent(1, 3, 0).backends();
        assertThat(new Extent(1, 0, 1, 1, 2, 0, Algorithm.RANDOM, false, false, backends).plain())
                .as("part of the list")
                .isFalse();
        assertThat(new Extent(1, 0, 1, 0, 3, 60, Algorithm.RANDOM, false, false, backends).plain())
                .as("affinity")
                .isFalse();
    }

    @Test
    void doesNotReuseSlotsBeforeTheQuarantineIsOver() {
        ExtentStore store = open(Growth.NEVER);
        store.publish(extent(1, 99, 1));
        store.publish(extent(1, 99, 2));
        assertThatThrownBy(() -> store.publish(extent(1, 99, 3)))
                .isInstanceOf(MapFullException.class)
                .hasMessageStartingWith("grow map slots: full");
        assertThat(store.read(1))
                .as("the previous extent serves")
                .contains(extent(1, 99, 2).withGeneration(2));
        clock.addAndGet(SECOND - 1);
        assertThatThrownBy(() -> store.publish(extent(1, 99, 3))).isInstanceOf(MapFullException.class);
        clock.addAndGet(1);
        assertThat(store.publish(extent(1, 99, 3))).isEqualTo(3);
    }

    @Test
    void growsWhenThereIsNoRoom() {
        ExtentStore store = open((map, entries) -> {
            ArrayMemory memory = map.equals("slots") ? slots : services;
            long stride = memory.view().stride();
            MemorySegment larger = arena.allocate(stride * entries * 2, 8);
            larger.copyFrom(memory.view().memory());
            memory.replace(larger, entries * 2);
        });
        for (int i = 0; i < 200; i++) {
            assertThat(store.reserve()).isEqualTo(i);
            store.publish(extent(i, 10, i));
        }
        for (int i = 0; i < 200; i++) {
            assertThat(store.read(i)).contains(extent(i, 10, i).withGeneration(1));
        }
    }

    @Test
    void anIndexIsReusedOnlyAfterItsQuarantine() {
        ExtentStore store = open(Growth.NEVER);
        for (int i = 0; i < 64; i++) {
            store.reserve();
        }
        store.withdraw(7);
        assertThatThrownBy(store::reserve).isInstanceOf(MapFullException.class);
        clock.addAndGet(SECOND);
        assertThat(store.reserve()).isEqualTo(7);
    }

    /// Random changes and restarts; afterwards the store holds exactly the model and no slot is lost.
    @Test
    void survivesRestartsAtAnyMoment() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        ExtentStore store = open(Growth.NEVER);
        Map<Integer, Extent> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            clock.addAndGet(random.nextLong(SECOND));
            List<Integer> live = List.copyOf(model.keySet());
            int action = random.nextInt(10);
            if (action == 0) {
                store = open(Growth.NEVER);
                assertThat(store.corrupt()).as("seed %d", seed).isEmpty();
            } else if (action == 1 && !live.isEmpty()) {
                int service = live.get(random.nextInt(live.size()));
                store.withdraw(service);
                model.remove(service);
            } else {
                int service = (action == 2 && live.size() < 16) || live.isEmpty()
                        ? store.reserve()
                        : live.get(random.nextInt(live.size()));
                Extent extent = extent(service, random.nextInt(6), step);
                int generation = store.publish(extent);
                model.put(service, extent.withGeneration(generation));
            }
        }
        int used = 0;
        for (int service = 0; service < 64; service++) {
            Extent extent = model.get(service);
            assertThat(store.read(service).orElse(null)).as("seed %d", seed).isEqualTo(extent);
            used += extent == null ? 0 : 1 + extent.backends().size();
        }
        assertThat(store.usage().slotsUsed()).as("seed %d", seed).isEqualTo(used);
        assertThat(store.usage().services()).isEqualTo(model.size());
    }

    @Test
    void doesNotTrustWhatIsUnsound() {
        ExtentStore store = open(Growth.NEVER);
        for (int service = 0; service < 10; service++) {
            store.publish(extent(service, 3, service));
        }
        word(1, ServiceWord.of(250, 10, false).bits());
        word(2, ServiceWord.of(0xffff_fff0, 3, false).bits());
        word(3, ServiceWord.of(0, 3, true).bits()); // another one's header
        word(4, word(4) | 1L << 60);
        word(5, word(5) & ~ServiceWord.PUBLISHED);
        word(6, word(6) + (1L << ServiceWord.START_BITS)); // runs into the next extent
        slots.view().memory().set(CTypes.U32, slots.view().offset(start(7)) + 8, 4); // local_count
        slots.view().memory().set(CTypes.U32, slots.view().offset(start(8) + 1) + 20, 0); // id

        ExtentStore after = open(Growth.NEVER);

        assertThat(after.corrupt())
                .extracting(c -> c.service() + ": " + c.reason())
                .containsExactly(
                        "1: extent ends beyond the 256 slots",
                        "2: extent ends beyond the 256 slots",
                        "3: header belongs to service 0",
                        "4: word has bits that are not known",
                        "5: word has bits that are not known",
                        "6: backend 3 has no id: [700:0:100:0:400::]:768 id 0/0 weight 0",
                        "7: sets lie outside the extent: header of service 7, generation 1: local [0, 4), cluster [0, 3), random",
                        "8: backend 0 has no id: 10.0.0.8:1 id 0/0 weight 1");
        assertThat(after.published()).containsExactly(0, 9);
        assertThat(word(1)).as("withdrawn").isZero();
        assertThat(after.read(9)).contains(extent(9, 3, 9).withGeneration(1));
    }

    @Test
    void noticesAnOverlap() {
        ExtentStore store = open(Growth.NEVER);
        store.publish(extent(0, 3, 0));
        store.publish(extent(1, 3, 1));
        // A header inside the first extent, which also reads as a backend there: the affinity lies where the id does.
        Extent inside = new Extent(
                1,
                0,
                0,
                0,
                1,
                17,
                Algorithm.RANDOM,
                false,
                false,
                extent(1, 1, 0).backends());
        ExtentHeader.CODEC.write(slots.view().memory(), slots.view().offset(2), ExtentHeader.of(inside));
        word(1, ServiceWord.of(2, 1, false).bits());

        assertThat(open(Growth.NEVER).corrupt())
                .extracting(c -> c.reason())
                .containsExactly("extent overlaps another one");
    }

    @Test
    void noticesAnotherWriter() {
        ExtentStore store = open(Growth.NEVER);
        store.publish(extent(0, 3, 0));
        store.publish(extent(1, 3, 1));
        word(1, word(0));
        assertThat(store.isIntact(0)).isTrue();
        assertThat(store.isIntact(1)).isFalse();
        assertThat(store.read(1)).isEmpty();
        store.publish(extent(1, 3, 2));
        assertThat(store.read(0))
                .as("its slots were not freed")
                .contains(extent(0, 3, 0).withGeneration(1));
        assertThat(store.usage().slotsUsed()).isEqualTo(8);
    }

    private long word(int service) {
        return services.view().memory().get(CTypes.U64, services.view().offset(service));
    }

    private void word(int service, long bits) {
        services.view().memory().set(CTypes.U64, services.view().offset(service), bits);
    }

    private int start(int service) {
        return (int) new ServiceWord(word(service)).start();
    }
}
