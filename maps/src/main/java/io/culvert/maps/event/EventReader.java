// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.loader.BpfMap;
import io.culvert.loader.RingBufferReader;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Consumer;

/// Reads the events that programs write, in the order in which they began to. There is one reader for a node.
public final class EventReader implements AutoCloseable {

    private final RingBufferReader ring;
    private final RawEvent event = new RawEvent();
    private final int bytes;

    EventReader(BpfMap events) {
        this.bytes = events.info().maxEntries();
        this.ring = RingBufferReader.open(events.fd(), bytes);
    }

    /// Gives each event that is complete to `consumer`, on the calling thread.
    ///
    /// @return how many
    public int consume(Consumer<RawEvent> consumer) {
        return ring.consume(record -> accept(record, consumer));
    }

    /// Waits until much waits (see [EventTables#tell]), until [#close], or until `timeout` has passed.
    public void pause(Duration timeout) {
        ring.pause(timeout);
    }

    private void accept(MemorySegment record, Consumer<RawEvent> consumer) {
        if (record.byteSize() == EventLayout.SIZE) {
            consumer.accept(event.read(record, 0));
        }
    }

    /// Bytes that wait.
    public long backlog() {
        return ring.backlog();
    }

    /// Bytes that there is room for.
    public int size() {
        return bytes;
    }

    @Override
    public void close() {
        ring.close();
    }
}
