// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.BpfMap;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// An array with a value for each processor.
///
/// @param <V> value
public final class PerCpuArray<V> implements AutoCloseable {

    private final Codec<V> codec;
    private final BpfMap map;
    private final Scratch scratch;

    /// Takes over `map`, of type PERCPU_ARRAY, and closes it in the end.
    public PerCpuArray(Codec<V> codec, BpfMap map) {
        this.codec = codec;
        this.map = map;
        this.scratch = new Scratch(map.info());
    }

    /// The values of one entry, by processor.
    ///
    /// @throws IndexOutOfBoundsException if there is no such entry
    public synchronized List<V> get(int index) {
        Objects.checkIndex(index, maxEntries());
        scratch.key.set(CTypes.U32, 0, index);
        map.lookup(scratch.key, scratch.value);
        int stride = map.info().valueStride();
        List<V> values = new ArrayList<>();
        for (long offset = 0; offset < scratch.value.byteSize(); offset += stride) {
            values.add(codec.read(scratch.value, offset));
        }
        return values;
    }

    /// Gives each processor its value of one entry.
    ///
    /// @param values as many as [#get] returns
    public synchronized void set(int index, List<V> values) {
        int stride = map.info().valueStride();
        if ((long) values.size() * stride != scratch.value.byteSize()) {
            throw new IllegalArgumentException(values.size() + " values");
        }
        Objects.checkIndex(index, maxEntries());
        scratch.key.set(CTypes.U32, 0, index);
        scratch.value.fill((byte) 0);
        for (int i = 0; i < values.size(); i++) {
            codec.write(scratch.value, (long) i * stride, values.get(i));
        }
        map.update(scratch.key, scratch.value, UpdateMode.ANY);
    }

    public int maxEntries() {
        return map.info().maxEntries();
    }

    BpfMap map() {
        return map;
    }

    @Override
    public synchronized void close() {
        map.close();
        scratch.close();
    }
}
