// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import com.google.protobuf.FieldMask;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.filter.FlowSelection;
import io.culvert.observability.flow.FlowCursor;
import io.culvert.observability.flow.FlowIngest;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.RawFilter;
import io.culvert.observability.flow.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// How many events a second come from the program through the ring into the store, and to one observer who follows and
/// looks for the flows of one namespace of fifty. Programs, reader and observer share the processors.
final class FlowIngestBenchmark {

    private static final int CAPACITY = 1_000_000;
    private static final Duration SETTLE = Duration.ofSeconds(10);

    /// Events a second that are tried.
    private static final List<Integer> RATES =
            List.of(200_000, 400_000, 700_000, 1_000_000, 1_300_000, 1_600_000, Integer.MAX_VALUE);

    private final double seconds;
    private final int rounds;

    /// @param seconds of each rate
    /// @param rounds of runs for the cost in the program
    FlowIngestBenchmark(double seconds, int rounds) {
        this.seconds = seconds;
        this.rounds = rounds;
    }

    /// @param rate events a second that came
    /// @param lost in the ring, or overwritten before the observer looked at them
    /// @param readerNanos processor time of the reader for one
    /// @param observerNanos of the observer
    record Step(double rate, long lost, double readerNanos, double observerNanos) {}

    /// @param offNanos a run of the program while nothing is told
    /// @param onNanos while it tells
    record Result(FlowSource.Kind kind, List<Step> steps, double offNanos, double onNanos) {

        /// The fastest without a loss.
        Step best() {
            return steps.stream()
                    .filter(step -> step.lost == 0)
                    .max(Comparator.comparingDouble(Step::rate))
                    .orElse(new Step(0, 0, Double.NaN, Double.NaN));
        }

        double eventNanos() {
            return onNanos - offNanos;
        }
    }

    List<Result> run() throws InterruptedException {
        try (FlowSource source = new FlowSource();
                FlowStore store = new FlowStore(CAPACITY);
                FlowIngest ingest = FlowIngest.start(source.tables(), store, WallClock.ofSystem())) {
            Observer observer = new Observer(store);
            observer.thread.start();
            try {
                List<Result> results = new ArrayList<>();
                for (FlowSource.Kind kind : FlowSource.Kind.values()) {
                    results.add(measure(kind, source, new Path(source, store, ingest, observer)));
                }
                return results;
            } finally {
                observer.thread.interrupt();
                observer.thread.join();
            }
        }
    }

    private Result measure(FlowSource.Kind kind, FlowSource source, Path path) throws InterruptedException {
        Progress.say("flows: warming up");
        Step _ = path.step(kind, RATES.getFirst(), 2 * seconds);
        List<Step> steps = new ArrayList<>();
        for (int rate : RATES) {
            Progress.say("flows: %s, %,d a second".formatted(kind, rate));
            steps.add(path.step(kind, rate, seconds));
        }
        List<Double> off = new ArrayList<>();
        List<Double> on = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            off.add(source.nanosPerRun(kind, false, CAPACITY / 100));
            on.add(source.nanosPerRun(kind, true, CAPACITY / 100));
        }
        return new Result(kind, steps, Median.of(off), Median.of(on));
    }

    /// Everything an event passes.
    private record Path(FlowSource source, FlowStore store, FlowIngest ingest, Observer observer) {

        Step step(FlowSource.Kind kind, int rate, double seconds) throws InterruptedException {
            Thread reader = Processor.named("flows");
            long written = store.written();
            long noRoom = ingest.lost();
            long overtaken = observer.lost.get();
            long readerNanos = Processor.of(reader);
            long observerNanos = Processor.of(observer.thread);
            long start = System.nanoTime();
            long told = source.tell(kind, rate, seconds);
            double elapsed = (System.nanoTime() - start) / 1e9;
            settle(written + noRoom + told);
            return new Step(
                    told / elapsed,
                    ingest.lost() - noRoom + observer.lost.get() - overtaken,
                    (double) (Processor.of(reader) - readerNanos) / told,
                    (double) (Processor.of(observer.thread) - observerNanos) / told);
        }

        /// Until each is in the store or counted as lost, which may take a second.
        private void settle(long expected) throws InterruptedException {
            long deadline = System.nanoTime() + SETTLE.toNanos();
            while (store.written() + ingest.lost() < expected || observer.position.get() < store.written()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("events are neither in the store nor counted as lost");
                }
                Thread.sleep(1);
            }
        }
    }

    private static final class Observer {

        private final AtomicLong position = new AtomicLong();
        private final AtomicLong lost = new AtomicLong();
        private final AtomicLong found = new AtomicLong();
        private final Thread thread;

        Observer(FlowStore store) {
            FlowFilter filter = FlowFilter.newBuilder().addSourcePod("ns7/").build();
            RawFilter wanted = FlowSelection.of(
                            List.of(filter), List.of(), FieldMask.getDefaultInstance(), new FlowCluster())
                    .raw();
            thread = Thread.ofPlatform().name("observer").daemon().unstarted(() -> follow(store.cursor(0), wanted));
        }

        private void follow(FlowCursor cursor, RawFilter wanted) {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    boolean _ = cursor.await(Duration.ofSeconds(1));
                    int _ = cursor.read(wanted, Integer.MAX_VALUE, _ -> found.incrementAndGet());
                    lost.addAndGet(cursor.takeLost());
                    position.set(cursor.position());
                }
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
