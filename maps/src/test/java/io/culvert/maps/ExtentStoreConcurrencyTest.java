// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.layout.CTypes;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// One thread reads word and extent as a program does, another publishes. Every backend of an extent carries the
/// same stamp, so that a mixture shows.
final class ExtentStoreConcurrencyTest {

    private static final VarHandle WORD = CTypes.U64.varHandle();
    private static final int LISTS = 2000;

    @AutoClose
    private final Arena arena = Arena.ofShared();

    private final ArrayMemory services = new ArrayMemory("services", arena.allocate(8, 8), 8, 1);
    private final ArrayMemory slots = new ArrayMemory("slots", arena.allocate(512 * 32L, 8), 32, 512);

    /// Time passes for the store each time that the reader has finished a pass: two passes after a release, no
    /// reader holds the word that was there before.
    private final AtomicLong passes = new AtomicLong();

    private final AtomicInteger seen = new AtomicInteger();

    @Test
    void aReaderSeesTheOldListOrTheNewOne() throws Exception {
        var store = new ExtentStore(services, slots, new Quarantine(passes::get, 2), Growth.NEVER);
        var done = new AtomicBoolean();
        store.publish(ExtentStoreTest.extent(0, 5, 0));
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> read(done));
        try {
            RandomGenerator random = RandomGenerator.getDefault();
            for (int stamp = 1; seen.get() < LISTS && !reader.isDone(); stamp++) {
                publish(store, ExtentStoreTest.extent(0, 1 + random.nextInt(40), stamp), reader);
            }
        } finally {
            done.set(true);
        }
        reader.get();
        assertThat(seen).as("different lists seen").hasValueGreaterThanOrEqualTo(LISTS);
    }

    private static void publish(ExtentStore store, Extent extent, CompletableFuture<Void> reader) {
        while (!reader.isDone()) {
            try {
                store.publish(extent);
                return;
            } catch (MapFullException e) {
                Thread.onSpinWait(); // all the rest is in quarantine until the reader gets on
            }
        }
    }

    private void read(AtomicBoolean done) {
        int last = 0;
        while (!done.get()) {
            ServiceWord word =
                    new ServiceWord((long) WORD.getAcquire(services.view().memory(), 0L));
            int first = stamp(word, 0);
            assertThat(first).as("time does not run backwards").isGreaterThanOrEqualTo(last);
            for (int i = 0; i < word.count(); i++) {
                assertThat(stamp(word, i))
                        .as("stamp of backend %d of %s", i, word)
                        .isEqualTo(first);
            }
            seen.addAndGet(first == last ? 0 : 1);
            last = first;
            passes.incrementAndGet();
        }
    }

    private int stamp(ServiceWord word, int backend) {
        ArrayMemory.View view = slots.view();
        Backend read = Backend.CODEC.read(view.memory(), view.offset((int) word.start() + 1 + backend));
        assertThat(read.port()).isEqualTo(1 + backend);
        return (int) read.address().low() & 0xffffff;
    }
}
