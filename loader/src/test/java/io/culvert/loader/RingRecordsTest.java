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
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// The reader's half of the protocol against a kernel's half written here, in memory of this process.
final class RingRecordsTest {

    private static final int SIZE = 4096;
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
                        _ -> {
                            throw new IllegalArgumentException("taker");
                        },
                        () -> false))
                .hasMessage("taker");
        assertThat(take()).containsExactly("2x8");
    }

    @Test
    void refusesARecordThatIsLongerThanWhatWasReserved() {
        store(produce(1, 8, 0), 4000);
        assertThatThrownBy(this::take)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a record of 4000 bytes at 0, though the ring ends at 16");
    }

    @Test
    void agreesWithAQueueOverManyRounds() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Queue<String> expected = new ArrayDeque<>();
        for (int i = 1; i <= 20_000; i++) {
            int length = random.nextInt(1, 600);
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
        List<String> taken = new ArrayList<>();
        int count = ring.take(
                record -> {
                    byte first = record.get(JAVA_BYTE, 0);
                    assertThat(record.asSlice(1).mismatch(record.asSlice(0, record.byteSize() - 1)))
                            .isEqualTo(-1);
                    taken.add(first + "x" + record.byteSize());
                },
                () -> false);
        assertThat(count).isEqualTo(taken.size());
        return taken;
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
