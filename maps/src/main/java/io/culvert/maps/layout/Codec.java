// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;

/// Reads and writes one type of record in memory that is shared with the kernel.
///
/// @param <T> an immutable value
public interface Codec<T> {

    /// The C type. It carries the names of C, and [LayoutCheck] compares it with BTF.
    MemoryLayout layout();

    /// Bytes of one record.
    default long size() {
        return layout().byteSize();
    }

    /// Reads the record at `offset` bytes.
    ///
    /// @throws CorruptRecordException if the bytes are none that Culvert writes
    T read(MemorySegment memory, long offset);

    /// Writes all bytes of the record at `offset`, padding included: the kernel compares keys as bytes.
    void write(MemorySegment memory, long offset, T value);
}
