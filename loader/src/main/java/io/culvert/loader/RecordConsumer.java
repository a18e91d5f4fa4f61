// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// Takes the records of a [RingBufferReader].
@FunctionalInterface
public interface RecordConsumer {

    /// Takes a record. The words are overwritten after the call: it copies what it wants to keep.
    ///
    /// @param words as they are in memory: on what Culvert runs on, the least significant byte of each is first
    /// @param first word of the record, behind others
    /// @param bytes of the record; what its last word has behind them is anything
    void accept(long[] words, int first, int bytes);
}
