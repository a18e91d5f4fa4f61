// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.Codec;

/// A map of the datapath as Java knows it.
///
/// @param name as in `maps.h` and as it is pinned
/// @param key codec of keys; of an array, the index
/// @param value codec of values
/// @param growable whether the agent replaces it by a larger one when it is full
public record Table<K, V>(String name, Kind kind, Codec<K> key, Codec<V> value, boolean growable) {

    /// How a map is read and written.
    public enum Kind {
        /// `BPF_MAP_TYPE_HASH`, `BPF_MAP_TYPE_LRU_HASH` or `BPF_MAP_TYPE_LPM_TRIE`.
        HASH,
        /// `BPF_MAP_TYPE_ARRAY` with `BPF_F_MMAPABLE`.
        MAPPED_ARRAY,
        /// `BPF_MAP_TYPE_PERCPU_ARRAY`.
        PER_CPU_ARRAY,
        /// `BPF_MAP_TYPE_SK_STORAGE`: no entries of its own, it says what each socket carries.
        SOCKET_STORAGE,
        /// `BPF_MAP_TYPE_PROG_ARRAY`: where tail calls lead. Its entries go when nothing holds the map any more but
        /// programs.
        PROGRAMS,
        /// `BPF_MAP_TYPE_DEVMAP_HASH`: interfaces that packets may be sent out of. What goes away leaves it.
        DEVICES,
        /// `BPF_MAP_TYPE_RINGBUF`: its entries are bytes; the value is the record that programs write.
        RING
    }
}
