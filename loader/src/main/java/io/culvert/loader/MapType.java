// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.util.Arrays;

/// The types of maps that Culvert knows, with their numbers of `enum bpf_map_type` (linux/bpf.h).
public enum MapType {
    HASH(1),
    ARRAY(2),
    PROG_ARRAY(3),
    PERCPU_HASH(5),
    PERCPU_ARRAY(6),
    LRU_HASH(9),
    LRU_PERCPU_HASH(10),
    LPM_TRIE(11),
    ARRAY_OF_MAPS(12),
    HASH_OF_MAPS(13),
    DEVMAP(14),
    SK_STORAGE(24),
    DEVMAP_HASH(25),
    RINGBUF(27),
    /// Any other type.
    OTHER(-1);

    private final int number;

    MapType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static MapType of(int number) {
        return Arrays.stream(values())
                .filter(type -> type.number == number)
                .findFirst()
                .orElse(OTHER);
    }

    /// Whether each processor has a value of its own, so that user space reads and writes all of them at
    /// once.
    public boolean isPerCpu() {
        return switch (this) {
            case PERCPU_HASH, PERCPU_ARRAY, LRU_PERCPU_HASH -> true;
            default -> false;
        };
    }

    /// Whether the values are maps; user space writes a descriptor and reads an id.
    public boolean holdsMaps() {
        return this == ARRAY_OF_MAPS || this == HASH_OF_MAPS;
    }
}
