// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// The reader's half of the protocol against a kernel's half written here, in memory of this process.
final class RingRecordsTest {

    /// As much as three windows.
    private static final int SIZE = 1 << 15;

    private static final int WINDOW = 1 << 13;
    private static final int BUSY = 1 << 31;
    private static final int DISCARDED = 1 << 30;

    private final MemorySegment consumer = Arena.ofAuto().allocate(8, 8);
    private final MemorySegment producer = Arena.ofAuto().allocate(8, 8);
    private final MemorySegment data = Arena.ofAuto().allocate(SIZE, 8);
    private final RingRecords ring = new RingRecords(consumer, producer, data);

    @Test
    void givesRecordsInOrder() {
        produce(1, 4, 0);
        produce(2, 9, 0);
        assertThat(take()).containsExactly("1x4", "2x9");
        assertThat(take()).isEmpty();
        assertThat(ring.counts()).isEqualTo(new RingBufferReader.Counts(2, 0, 13));
        assertThat(ring.backlog()).isZero();
    }

    @Test
    void stopsAtARecordThatIsBeingWritten() {
        produce(1, 8, 0);
        long header = produce(2, 8, BUSY);
        produce(3, 8, 0);
        assertThat(take()).containsExactly("1x8");
        assertThat(ring.backlog()).isEqualTo(32);
        store(header, 8);
        assertThat(take()).containsExactly("2x8", "3x8");
    }

    @Test
    void passesOverDiscardedRecords() {
        produce(1, 8, DISCARDED);
        produce(2, 8, 0);
        produce(3, 8, DISCARDED);
        assertThat(take()).containsExactly("2x8");
        assertThat(ring.counts()).isEqualTo(new RingBufferReader.Counts(1, 2, 8));
        assertThat(ring.backlog()).isZero();
    }

    @Test
    void givesARecordAcrossTheEndInOnePiece() {
        produce(1, SIZE - 16, 0);
        assertThat(take()).containsExactly("1x" + (SIZE - 16));
        produce(2, 100, 0);
        assertThat(take()).containsExactly("2x100");
        produce(3, SIZE - 120, 0);
        assertThat(take()).as("header at the end").containsExactly("3x" + (SIZE - 120));
        produce(4, 200, 0);
        assertThat(take()).containsExactly("4x200");
    }

    @Test
    void doesNotGiveARecordAgainOnWhichTheTakerThrew() {
        produce(1, 8, 0);
        produce(2, 8, 0);
        assertThatThrownBy(() -> ring.take(
                        (_, _, _) -> {
                            throw new IllegalArgumentException("taker");
                        },
                        () -> false))
                .hasMessage("taker");
        assertThat(take()).containsExactly("2x8");
    }

    @Test
    void refusesARecordThatIsLongerThanWhatWasReserved() {
        produce(1, 8, 0);
        store(produce(2, 8, 0), 4000);
        produce(3, 8, 0);
        assertThatThrownBy(this::take)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a record of 4000 bytes at 16, though the ring ends at 48");
        assertThat(ring.backlog()).isEqualTo(48);
    }

    @Test
    void givesWhatCrossesTheEndOfTheRingWithTheWindow() {
        for (int i = 0; i < 5 * SIZE / 1000; i++) {
            produce(1, 100, 0);
            produce(2, 300, DISCARDED);
            produce(3, 500, 0);
            assertThat(take()).containsExactly("1x100", "3x500");
        }
    }

    @Test
    void givesARecordThatIsLargerThanAWindow() {
        produce(1, 8, 0);
        produce(2, WINDOW + 1, 0);
        produce(3, 2 * WINDOW, 0);
        produce(4, 8, 0);
        assertThat(take()).containsExactly("1x8", "2x" + (WINDOW + 1), "3x" + 2 * WINDOW, "4x8");
        produce(5, 3 * WINDOW, 0);
        assertThat(take()).as("across the end").containsExactly("5x" + 3 * WINDOW);
        assertThat(ring.backlog()).isZero();
    }

    @Test
    void givesARecordThatAWindowHasInPartWithTheNext() {
        produce(1, WINDOW - 16, 0);
        produce(2, 8, 0);
        produce(3, 8, 0);
        assertThat(take()).as("a header at the end").containsExactly("1x" + (WINDOW - 16), "2x8", "3x8");
    }

    @Test
    void comesBackForARecordThatIsBeingWrittenInTheMiddleOfAWindow() {
        for (int i = 0; i < 10; i++) {
            produce(1, 100, 0);
        }
        long header = produce(2, 100, BUSY);
        long behind = produce(3, 100, BUSY);
        assertThat(take()).hasSize(10).containsOnly("1x100");
        store(behind, 100);
        assertThat(take()).isEmpty();
        store(header, 100 | DISCARDED);
        assertThat(take()).containsExactly("3x100");
        assertThat(ring.counts()).isEqualTo(new RingBufferReader.Counts(11, 1, 1100));
    }

    /// What comes behind it was begun after the call.
    @Test
    void doesNotTakeWhatWasBegunMeanwhile() {
        produce(1, 100, 0);
        List<String> taken = new ArrayList<>();
        int count = ring.take(
                (words, first, bytes) -> {
                    produce(2, 100, 0);
                    taken.add(shown(words, first, bytes));
                },
                () -> false);
        assertThat(count).isEqualTo(1);
        assertThat(taken).containsExactly("1x100");
        assertThat(take()).containsExactly("2x100");
    }

    @Test
    void goesOnBehindTheRecordOfAWindowOnWhichTheTakerThrew() {
        for (int value = 1; value <= 5; value++) {
            produce(value, 100, 0);
        }
        List<String> taken = new ArrayList<>();
        assertThatThrownBy(() -> ring.take(
                        (words, first, bytes) -> {
                            taken.add(shown(words, first, bytes));
                            if (taken.size() == 3) {
                                throw new IllegalArgumentException("taker");
                            }
                        },
                        () -> false))
                .hasMessage("taker");
        assertThat(taken).containsExactly("1x100", "2x100", "3x100");
        assertThat(ring.counts()).isEqualTo(new RingBufferReader.Counts(3, 0, 300));
        assertThat(take()).containsExactly("4x100", "5x100");
    }

    @Test
    void leavesTheRestOfAWindowToTheNextWhenItIsToStop() {
        for (int value = 1; value <= 5; value++) {
            produce(value, 100, 0);
        }
        AtomicInteger asked = new AtomicInteger();
        assertThat(take(() -> asked.getAndIncrement() == 2)).containsExactly("1x100", "2x100");
        assertThat(take()).containsExactly("3x100", "4x100", "5x100");
    }

    /// A program that finds no room while a long round goes on loses its records.
    @Test
    void givesSpaceBackWhileItReads() {
        for (int i = 0; i < 240; i++) {
            produce(1, 120, 0);
        }
        List<Long> left = new ArrayList<>();
        int _ = ring.take((_, _, _) -> left.add(ring.backlog()), () -> false);
        assertThat(left.getFirst()).isEqualTo(240 * 128);
        assertThat(left.getLast()).isLessThanOrEqualTo(240 * 128 - (1 << 14));
    }

    @Test
    void agreesWithAQueueOverManyRounds() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Queue<String> expected = new ArrayDeque<>();
        for (int i = 1; i <= 20_000; i++) {
            int length = random.nextInt(20) == 0 ? random.nextInt(1, SIZE / 2) : random.nextInt(1, 600);
            if (ring.backlog() + length + 16 > SIZE || random.nextInt(10) == 0) {
                assertThat(take()).as("seed %d", seed).containsExactlyElementsOf(expected);
                expected.clear();
            }
            boolean discarded = random.nextInt(8) == 0;
            produce(i % 100, length, discarded ? DISCARDED : 0);
            if (!discarded) {
                expected.add(i % 100 + "x" + length);
            }
        }
    }

    private List<String> take() {
        return take(() -> false);
    }

    private List<String> take(BooleanSupplier stop) {
        List<String> taken = new ArrayList<>();
        int count = ring.take((words, first, bytes) -> taken.add(shown(words, first, bytes)), stop);
        assertThat(count).isEqualTo(taken.size());
        return taken;
    }

    /// As "value x length", if all its bytes are that value.
    private static String shown(long[] words, int first, int bytes) {
        MemorySegment record = MemorySegment.ofArray(words).asSlice((long) first * Long.BYTES, bytes);
        assertThat(record.asSlice(1).mismatch(record.asSlice(0, bytes - 1))).isEqualTo(-1);
        return record.get(JAVA_BYTE, 0) + "x" + bytes;
    }

    /// Writes a record as the kernel does: `length` times `value`.
    ///
    /// @return where its header is
    private long produce(int value, int length, int flags) {
        long position = producer.get(JAVA_LONG, 0);
        long at = position % SIZE;
        for (int i = 0; i < length; i++) {
            long offset = (at + 8 + i) % SIZE;
            data.set(JAVA_BYTE, offset, (byte) value);
        }
        store(at, length | flags);
        producer.set(JAVA_LONG, 0, position + (length + 15L) / 8 * 8);
        return at;
    }

    private void store(long at, int header) {
        data.set(JAVA_INT, at, header);
    }
}
