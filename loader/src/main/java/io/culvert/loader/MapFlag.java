// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// Properties a map is created with (`BPF_F_*` of linux/bpf.h).
public enum MapFlag {
    /// Entries are allocated when they are inserted. LPM tries and socket storage need it.
    NO_PREALLOC(1),
    /// Each processor evicts from a list of its own.
    NO_COMMON_LRU(1 << 1),
    /// Programs cannot write.
    READ_ONLY_FOR_PROGRAMS(1 << 7),
    /// Arrays only: user space can map the values, [BpfMap#mmap].
    MMAPABLE(1 << 10),
    /// Arrays only: maps of different sizes can be values of one map of maps.
    INNER_MAP(1 << 12);

    private final int bit;

    MapFlag(int bit) {
        this.bit = bit;
    }

    static int bits(Set<MapFlag> flags) {
        return flags.stream().mapToInt(flag -> flag.bit).reduce(0, (a, b) -> a | b);
    }

    static Set<MapFlag> of(int bits) {
        return Arrays.stream(values()).filter(flag -> (bits & flag.bit) != 0).collect(Collectors.toUnmodifiableSet());
    }
}
