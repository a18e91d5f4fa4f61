// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/// Where a clsact filter is. The kernel has no pins for filters, so a map of one value is pinned in its
/// place, and goes with the reboot that the filter does not survive either.
///
/// @param ifindex index of the interface
/// @param madeQdisc whether Culvert added the clsact qdisc, and so may remove it
record ClsactRecord(int ifindex, TcDirection direction, int priority, int handle, boolean madeQdisc) {

    private static final String NAME = "culvert_clsact";
    private static final int FIELDS = 5;

    /// Pins the record. An update after that is not needed: nothing in it changes.
    void pin(Path path, String attachment) {
        MapSpec spec = MapSpec.of(NAME, MapType.ARRAY, Integer.BYTES, FIELDS * Integer.BYTES, 1);
        try (BpfMap map = BpfMap.create(spec);
                Arena arena = Arena.ofConfined()) {
            MemorySegment value =
                    arena.allocateFrom(JAVA_INT, ifindex, direction.attachPoint(), priority, handle, madeQdisc ? 1 : 0);
            map.update(arena.allocateFrom(JAVA_INT, 0), value, UpdateMode.ANY);
            Pins.pin(map.fd(), path, attachment);
        }
    }

    /// The record in a pinned map; empty if it is another map.
    static Optional<ClsactRecord> read(BpfMap map) {
        MapInfo info = map.info();
        if (!info.name().equals(NAME) || info.valueSize() != FIELDS * Integer.BYTES) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT, FIELDS);
            return map.lookup(arena.allocateFrom(JAVA_INT, 0), value)
                    ? Optional.of(new ClsactRecord(
                            value.getAtIndex(JAVA_INT, 0),
                            value.getAtIndex(JAVA_INT, 1) == TcDirection.INGRESS.attachPoint()
                                    ? TcDirection.INGRESS
                                    : TcDirection.EGRESS,
                            value.getAtIndex(JAVA_INT, 2),
                            value.getAtIndex(JAVA_INT, 3),
                            value.getAtIndex(JAVA_INT, 4) != 0))
                    : Optional.empty();
        }
    }
}
