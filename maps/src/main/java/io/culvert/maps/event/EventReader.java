// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.loader.BpfMap;
import io.culvert.loader.RingBufferReader;
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
        return ring.consume((words, first, bytes) -> {
            if (bytes == EventLayout.SIZE) {
                consumer.accept(event.at(words, first));
            }
        });
    }

    /// Waits until much waits (see [EventTables#tell]), until [#close], or until `timeout` has passed.
    public void pause(Duration timeout) {
        ring.pause(timeout);
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
