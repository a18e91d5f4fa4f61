// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PerCpuArray;
import io.culvert.maps.Tables;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventControl;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.maps.event.EventReader;
import io.culvert.maps.event.EventTables;
import io.culvert.maps.layout.Numbers;
import java.util.ArrayList;
import java.util.List;

/// What programs under test tell.
final class EventLog implements AutoCloseable {

    private final EventTables tables;
    private final EventReader reader;

    /// @param object any that shares the maps
    EventLog(BpfObject object) {
        tables = new EventTables(
                object.map(Tables.EVENTS.name()),
                new MappedArray<>(
                        Tables.EVENT_CONTROL.name(),
                        EventControl.CODEC,
                        object.map(Tables.EVENT_CONTROL.name()).duplicate()),
                new PerCpuArray<>(
                        Numbers.U64, object.map(Tables.EVENT_LOSSES.name()).duplicate()));
        reader = tables.open();
    }

    /// Forgets what was told, and sets what is told from now on.
    void begin(EventLevel level) {
        tables.tell(level);
        take();
    }

    EventReader reader() {
        return reader;
    }

    long lost(EventKind kind) {
        return tables.lost(kind);
    }

    /// What was told since this was last called.
    List<Event> take() {
        List<Event> events = new ArrayList<>();
        reader.consume(event -> events.add(event.toEvent()));
        return events;
    }

    /// The one event that was told.
    Event only() {
        List<Event> events = take();
        assertThat(events).hasSize(1);
        return events.getFirst();
    }

    @Override
    public void close() {
        reader.close();
        tables.control().close();
        tables.losses().close();
    }
}
