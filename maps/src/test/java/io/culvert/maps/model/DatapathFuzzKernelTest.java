// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.testkit.KernelTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// A million packets for each program, and a model that knows what becomes of every one.
///
/// `-Dfuzz.seed=N` repeats the packets of a run, `-Dfuzz.packets=N` asks for another number.
@KernelTest
class DatapathFuzzKernelTest {

    private static final long PACKETS = Long.getLong("fuzz.packets", 1_000_000);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime() & 0xffffffffL);
    private static final int THREADS = 2;

    /// Each of them with maps and settings of its own.
    private static final int ROUNDS = 8;

    @Test
    void programsAndModelAgreeOnEveryPacket() throws Exception {
        System.out.println("DatapathFuzzKernelTest: -Dfuzz.seed=" + SEED + " -Dfuzz.packets=" + PACKETS);
        Map<String, Long> outcomes = new TreeMap<>();
        long began = System.nanoTime();
        long packets = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Long>> runs = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                int number = round;
                runs.add(threads.submit(() -> round(number, outcomes)));
            }
            for (Future<Long> run : runs) {
                packets += run.get();
            }
        }
        long perSecond = packets * 1_000_000_000L / (System.nanoTime() - began);
        System.out.println(packets + " packets, " + perSecond + " a second: " + outcomes);
        assertThat(outcomes).containsKeys("forward", "reply", "masqueraded", "reply to a masquerade");
    }

    private static long round(int number, Map<String, Long> outcomes) throws Exception {
        Random random = new Random(SEED + number);
        // Every setting is tried, whatever the seed.
        Settings settings =
                new Settings(number % 8 == 3, number % 4 != 1, number % 8 != 6, number % 2 == 1, number % 8 != 5);
        Map<String, Long> own = new TreeMap<>();
        Callable<Long> run = () -> {
            try (Kernel kernel = new Kernel(settings)) {
                return new DifferentialRun(random.nextLong(), settings, kernel, own).run(PACKETS / ROUNDS);
            }
        };
        try (Site site = new Site()) {
            return site.call(run);
        } finally {
            synchronized (outcomes) {
                own.forEach((why, count) -> outcomes.merge(why, count, Long::sum));
            }
        }
    }
}
