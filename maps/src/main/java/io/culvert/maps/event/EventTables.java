// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.loader.BpfMap;
import io.culvert.maps.ArrayMemory;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PerCpuArray;

/// The maps of events.
///
/// @param ring `events`, which belongs to whoever made this
/// @param control `event_control`, one entry
/// @param losses `event_losses`: by kind, events that found no room in the ring
public record EventTables(BpfMap ring, MappedArray<EventControl> control, PerCpuArray<Long> losses) {

    /// The reader is woken when so much of the ring is full.
    private static final int WAKEUP_SHARE = 8;

    /// Sets what programs tell from now on, at once and without loading anything.
    public void tell(EventLevel level) {
        ArrayMemory.View view = control.memory().view();
        long offset = view.offset(0);
        EventControl.WAKEUP.set(view.memory(), offset, ring.info().maxEntries() / WAKEUP_SHARE);
        EventControl.LEVEL.setRelease(view.memory(), offset, level.number());
    }

    /// Opens the only reader. It goes on where the last one stopped.
    ///
    /// @throws IllegalStateException if the ring cannot be mapped
    public EventReader open() {
        return new EventReader(ring);
    }

    /// Events of a kind that were lost since the map was made, on all processors.
    public long lost(EventKind kind) {
        return losses.get(kind.number()).stream().mapToLong(Long::longValue).sum();
    }
}
