// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.BpfMap;
import io.culvert.loader.Errno;
import io.culvert.loader.SystemCallException;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.util.Optional;

/// A hash or array whose values are maps. Putting another map in place of one is atomic: a program uses the old one
/// or the new one, and [#put] returns when no program uses the old one any more (the kernel waits for RCU).
///
/// @param <K> key
public final class MapOfMaps<K> implements AutoCloseable {

    private final String name;
    private final Codec<K> codec;
    private final BpfMap map;
    private final Scratch scratch;

    /// Takes over `map`, of a type that [io.culvert.loader.MapType#holdsMaps], and closes it in the end.
    public MapOfMaps(String name, Codec<K> codec, BpfMap map) {
        this.name = name;
        this.codec = codec;
        this.map = map;
        this.scratch = new Scratch(map.info());
    }

    /// Puts a map in place of whatever is there. The caller may close its own handle afterwards.
    ///
    /// @throws MapFullException if there is no room for another key
    public synchronized void put(K key, BpfMap inner) {
        codec.write(scratch.key, 0, key);
        try {
            map.update(scratch.key, inner, UpdateMode.ANY);
        } catch (SystemCallException e) {
            if (e.is(Errno.E2BIG)) {
                throw new MapFullException(
                        "put " + key + " into", name, map.info().maxEntries());
            }
            throw e;
        }
    }

    /// The map at a key, for the caller to close; empty if there is none.
    public synchronized Optional<BpfMap> get(K key) {
        codec.write(scratch.key, 0, key);
        return map.lookup(scratch.key, scratch.value)
                ? BpfMap.byId(scratch.value.get(CTypes.U32, 0))
                : Optional.empty();
    }

    /// Removes a key; false if there was none.
    public synchronized boolean remove(K key) {
        codec.write(scratch.key, 0, key);
        return map.delete(scratch.key);
    }

    @Override
    public synchronized void close() {
        map.close();
        scratch.close();
    }
}
