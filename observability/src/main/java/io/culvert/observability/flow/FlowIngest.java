// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventMemory;
import io.culvert.maps.event.EventReader;
import io.culvert.maps.event.EventTables;
import io.culvert.maps.event.EventVerdict;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Carries events from the ring into the store, on a thread of its own. What programs could not write is told in
/// between, as a flow of kind [EventKind#LOST] that names the kind and says how many.
public final class FlowIngest implements AutoCloseable {

    /// How late an event may be that nobody waits for. Each look at the ring costs a busy machine about as much as a
    /// hundred events; programs end the wait when an eighth of the ring is full.
    private static final Duration PAUSE = Duration.ofMillis(100);

    /// While an observer follows.
    private static final Duration FOLLOWED = Duration.ofMillis(20);

    /// When so many came that the ring may fill before a program is heard.
    private static final Duration HURRIED = Duration.ofMillis(2);

    private static final int MUCH = 16;

    private static final long SECOND = 1_000_000_000L;
    private static final IpPort NOBODY = new IpPort(IpAddress.UNSPECIFIED, 0);

    private final EventTables tables;
    private final EventReader reader;
    private final FlowStore store;
    private final WallClock clock;
    private final Consumer<RawEvent> sink;
    private final Map<EventKind, Long> told = new EnumMap<>(EventKind.class);
    private final Queue<Event> others = new ConcurrentLinkedQueue<>();
    private final EventMemory other = new EventMemory(1);
    private final Thread thread;
    private long nextCheck;
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean closed;

    private FlowIngest(EventTables tables, FlowStore store, WallClock clock, Consumer<RawEvent> counter) {
        this.tables = tables;
        this.store = store;
        this.clock = clock;
        Dialled dialled = new Dialled();
        this.sink = flow -> {
            dialled.complete(flow);
            counter.accept(flow);
            store.add(flow);
        };
        this.reader = tables.open();
        for (EventKind kind : EventKind.values()) {
            told.put(kind, tables.lost(kind));
        }
        this.thread = Thread.ofPlatform().name("flows").daemon().unstarted(this::run);
    }

    /// Begins to read what programs tell.
    ///
    /// @throws IllegalStateException if the ring cannot be mapped
    public static FlowIngest start(EventTables tables, FlowStore store, WallClock clock) {
        return start(tables, store, clock, _ -> {});
    }

    /// The same.
    ///
    /// @param counter is shown each flow before it is kept, on the thread that reads; it keeps none
    public static FlowIngest start(EventTables tables, FlowStore store, WallClock clock, Consumer<RawEvent> counter) {
        var ingest = new FlowIngest(tables, store, clock, counter);
        ingest.thread.start();
        return ingest;
    }

    private void run() {
        while (!closed) {
            long backlog = reader.backlog();
            boolean full = backlog > reader.size() / 2;
            int read = reader.consume(sink) + takeOthers();
            long now = System.nanoTime();
            if (full || now - nextCheck >= 0) {
                nextCheck = now + SECOND;
                clock.check();
                tellLosses(now);
            }
            if (read > 0) {
                store.publish();
            }
            reader.pause(backlog > reader.size() / MUCH ? HURRIED : store.isFollowed() ? FOLLOWED : PAUSE);
        }
    }

    private int takeOthers() {
        RawEvent flow = new RawEvent();
        int taken = 0;
        for (Event event = others.poll(); event != null; event = others.poll()) {
            other.set(0, event);
            other.get(0, flow);
            sink.accept(flow);
            taken++;
        }
        return taken;
    }

    /// Adds what no program told of, soon and behind what is in the ring.
    public void tell(Event event) {
        others.add(event);
    }

    private void tellLosses(long now) {
        for (EventKind kind : EventKind.values()) {
            long count = tables.lost(kind);
            long before = told.getOrDefault(kind, 0L);
            if (count > before) {
                told.put(kind, count);
                lost.addAndGet(count - before);
                store.add(loss(now, kind, count - before));
                store.publish();
            }
        }
    }

    private static Event loss(long now, EventKind kind, long count) {
        return new Event(
                now,
                NOBODY,
                NOBODY,
                NOBODY,
                EventKind.LOST,
                EventVerdict.DROPPED,
                0,
                0,
                0,
                0,
                0,
                0,
                Set.of(),
                0,
                0,
                EventHook.SOCKET,
                0,
                0,
                0,
                new EventDetail(count, kind.number(), 0, 0));
    }

    /// Events that found no room in the ring since this began.
    public long lost() {
        return lost.get();
    }

    /// Ends reading; what waits in the ring is for the next one.
    @Override
    public void close() {
        closed = true;
        reader.close();
        try {
            thread.join();
            other.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
