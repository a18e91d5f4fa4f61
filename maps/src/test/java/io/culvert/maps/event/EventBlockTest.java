// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class EventBlockTest {

    private static final int EVENTS = 300;

    private final Random random = new Random(7);
    private final List<Event> events =
            IntStream.range(0, EVENTS).mapToObj(_ -> event()).toList();

    private IpPort end() {
        return new IpPort(new IpAddress(random.nextLong(), random.nextLong()), random.nextInt(1 << 16));
    }

    private <T> T one(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private int u8() {
        return random.nextInt(1 << 8);
    }

    private Event event() {
        EnumSet<EventFlag> flags = EnumSet.allOf(EventFlag.class);
        flags.removeIf(_ -> random.nextBoolean());
        return new Event(
                random.nextLong(),
                end(),
                end(),
                end(),
                one(EventKind.values()),
                one(EventVerdict.values()),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                flags,
                u8(),
                u8(),
                one(EventHook.values()),
                u8(),
                u8(),
                u8(),
                new EventDetail(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
    }

    /// Each member is where C has it, which is what the codec writes by.
    @Test
    void numbersAreThoseOfTheEvent() {
        RawEvent raw = new RawEvent();
        try (EventMemory memory = new EventMemory(1)) {
            for (Event event : events) {
                memory.set(0, event);
                memory.get(0, raw);

                assertThat(raw.toEvent()).isEqualTo(event);
                assertThat(new IpAddress(raw.translatedHigh(), raw.translatedLow()))
                        .isEqualTo(raw.translated())
                        .isEqualTo(event.translated().address());
                assertThat(raw.sourceHigh()).isEqualTo(event.source().address().high());
                assertThat(raw.sourceLow()).isEqualTo(event.source().address().low());
                assertThat(raw.destinationHigh())
                        .isEqualTo(event.destination().address().high());
                assertThat(raw.destinationLow())
                        .isEqualTo(event.destination().address().low());
                assertThat(LongStream.of(raw.detail(0), raw.detail(3)))
                        .containsExactly(event.detail().first(), event.detail().fourth());
            }
        }
    }

    @Test
    void keepsItsAddressIfBothHalvesAreTheSame() {
        RawEvent raw = new RawEvent();
        long[] words = new long[RawEvent.WORDS];
        raw.at(words, 0);
        assertThat(raw.keepsAddress()).isTrue();
        for (int half : new int[] {3, 4, 5, 6}) {
            words[half] = 1;
            assertThat(raw.keepsAddress()).isFalse();
            words[half] = 0;
        }
    }

    @Test
    void copiesAreWhatWasCopied() {
        RawEvent raw = new RawEvent();
        try (EventMemory memory = new EventMemory(2)) {
            memory.set(0, events.getFirst());
            memory.get(0, raw);
            memory.set(1, raw);
            memory.set(0, events.getLast());

            assertThat(raw.toEvent()).isEqualTo(events.getFirst());
            memory.get(1, raw);
            assertThat(raw.toEvent()).isEqualTo(events.getFirst());
        }
    }

    @Test
    void aBlockIsThatOfThePlace() {
        EventBlock block = new EventBlock(64);
        try (EventMemory memory = new EventMemory(EVENTS)) {
            for (int place = 0; place < EVENTS; place++) {
                memory.set(place, events.get(place));
            }
            for (int place = 0; place < EVENTS; place++) {
                int count = memory.get(place, block);
                int from = place / 64 * 64;

                assertThat(count).isEqualTo(Math.min(64, EVENTS - from));
                assertThat(block.get(place - from).toEvent()).isEqualTo(events.get(place));
                assertThat(block.get(count - 1).toEvent()).isEqualTo(events.get(from + count - 1));
            }
        }
    }

    @Test
    void placesGetTheFirstOfABlock() {
        RawEvent raw = new RawEvent();
        EventBlock block = new EventBlock(64);
        try (EventMemory source = new EventMemory(EVENTS);
                EventMemory memory = new EventMemory(EVENTS)) {
            for (int place = 0; place < EVENTS; place++) {
                source.set(place, events.get(place));
                source.get(place, raw);
                block.set(place % 64 % 10, raw);
                if (place % 64 % 10 == 9 || place % 64 == 63 || place == EVENTS - 1) {
                    int count = place % 64 % 10 + 1;
                    memory.set(place + 1 - count, block, count);
                }
            }
            for (int place = 0; place < EVENTS; place++) {
                memory.get(place, raw);
                assertThat(raw.toEvent()).isEqualTo(events.get(place));
            }
            assertThatThrownBy(() -> memory.set(60, block, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> memory.set(EVENTS - 1, block, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void aBlockIsAPowerOfTwo() {
        for (int size : new int[] {0, 3, -64, 1 << 15}) {
            assertThatThrownBy(() -> new EventBlock(size)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
