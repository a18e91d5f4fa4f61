// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.MapInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Native memory for one key and one value, reused by call after call; its owner's lock guards it. A new arena for
/// each call would cost as much as the system call.
final class Scratch implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    final MemorySegment key;
    final MemorySegment value;

    Scratch(MapInfo map) {
        this.key = arena.allocate(map.keySize(), Long.BYTES);
        this.value = arena.allocate(map.valueBytes(), Long.BYTES);
    }

    @Override
    public void close() {
        arena.close();
    }
}
