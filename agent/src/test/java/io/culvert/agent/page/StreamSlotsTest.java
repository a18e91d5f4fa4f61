// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.page.StreamSlots.Slot;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class StreamSlotsTest {

    private final AtomicLong time = new AtomicLong();
    private final StreamSlots slots = new StreamSlots(1, time::get);

    /// A client that sits in the middle of a write until it is interrupted.
    private Thread stuck() throws InterruptedException {
        CountDownLatch writing = new CountDownLatch(1);
        Thread client = Thread.ofVirtual().start(() -> {
            try (Slot slot = slots.enter().orElseThrow()) {
                slot.beginWrite();
                writing.countDown();
                new Exchanger<String>().exchange("nobody comes");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        writing.await();
        return client;
    }

    @Test
    void whoReadsKeepsItsPlace() throws InterruptedException {
        Slot first = slots.enter().orElseThrow();
        first.beginWrite();
        first.endWrite();
        time.addAndGet(StreamSlots.PATIENCE.toNanos() * 2);

        assertThat(slots.enter()).isEmpty();
        first.close();
        first.close();
        assertThat(slots.enter()).isPresent();
        assertThat(slots.enter()).isEmpty();
    }

    @Test
    void whoDoesNotReadGivesWay() throws InterruptedException {
        Thread client = stuck();
        assertThat(slots.enter()).isEmpty();
        time.addAndGet(StreamSlots.PATIENCE.toNanos() + 1);

        Optional<Slot> next = slots.enter();
        assertThat(next).isPresent();
        client.join();
        assertThat(slots.used()).isEqualTo(1);
    }
}
