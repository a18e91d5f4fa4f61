// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import java.nio.ByteBuffer;

/// One section of an ELF file.
///
/// @param index its place in the section header table, as symbols refer to it
/// @param name for example `cgroup/connect4`, `.rodata`, `.BTF`; printable ASCII
/// @param type `SHT_*` of elf(5)
/// @param flags `SHF_*` of elf(5)
/// @param size bytes that it takes in memory; `.bss` takes none in the file
/// @param content the bytes in the file, read-only, little-endian, positioned at 0; empty for `.bss`
public record ElfSection(int index, String name, int type, long flags, long size, ByteBuffer content) {

    static final int SYMBOL_TABLE = 2;
    static final int NO_BITS = 8;

    @Override
    public ByteBuffer content() {
        return content.duplicate().order(content.order());
    }
}
