// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The sections and symbols of a 64-bit little-endian ELF file, which is what clang writes for eBPF on every platform
/// that Culvert runs on (elf(5)).
public final class ElfFile {

    private static final int HEADER_SIZE = 64;
    private static final int SECTION_HEADER_SIZE = 64;
    private static final int SYMBOL_SIZE = 24;
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F', /* 64-bit */ 2, /* little-endian */ 1};

    private final Bytes file;
    private final List<Header> headers;
    private final List<ElfSection> sections;
    private final List<ElfSymbol> symbols;

    private ElfFile(Bytes file, List<Header> headers, List<ElfSection> sections, List<ElfSymbol> symbols) {
        this.file = file;
        this.headers = List.copyOf(headers);
        this.sections = List.copyOf(sections);
        this.symbols = List.copyOf(symbols);
    }

    /// Reads the whole file; `bytes` must not change afterwards.
    ///
    /// @throws MalformedObjectException if `bytes` are not such a file
    public static ElfFile read(byte[] bytes) {
        Bytes file = Bytes.of(bytes);
        for (int i = 0; i < MAGIC.length; i++) {
            if (file.u8(i, "the ELF identification") != MAGIC[i]) {
                throw file.malformed(i, "not a 64-bit little-endian ELF file");
            }
        }
        file.part(0, HEADER_SIZE, "the ELF header");
        List<Header> headers = headers(file);
        return new ElfFile(file, headers, sections(file, headers), symbols(file, headers));
    }

    /// All sections; the place in the list is the section's index.
    public List<ElfSection> sections() {
        return sections;
    }

    /// The first section of this name.
    public Optional<ElfSection> section(String name) {
        return sections.stream().filter(section -> section.name().equals(name)).findFirst();
    }

    /// All symbols of all symbol tables; empty in a stripped file.
    public List<ElfSymbol> symbols() {
        return symbols;
    }

    /// The window of a section, whose offsets in messages are those of the file.
    Optional<Bytes> bytes(String name) {
        return section(name).map(section -> content(file, headers.get(section.index())));
    }

    private record Header(long at, int name, int type, long flags, long offset, long size, long link, long entrySize) {}

    private static List<Header> headers(Bytes file) {
        int count = file.u16(60, "e_shnum");
        if (count > 0 && file.u16(58, "e_shentsize") != SECTION_HEADER_SIZE) {
            throw file.malformed(58, "section headers are not of " + SECTION_HEADER_SIZE + " bytes");
        }
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            headers.add(header(file, i));
        }
        return headers;
    }

    private static Header header(Bytes file, int index) {
        long at = file.u63(40, "e_shoff");
        Bytes table = file.part(at, (index + 1L) * SECTION_HEADER_SIZE, "the section header table");
        long from = (long) index * SECTION_HEADER_SIZE;
        return new Header(
                at + from,
                table.s32(from, "sh_name"),
                table.s32(from + 4, "sh_type"),
                table.u63(from + 8, "sh_flags"),
                table.u63(from + 24, "sh_offset"),
                table.u63(from + 32, "sh_size"),
                table.u32(from + 40, "sh_link"),
                table.u63(from + 56, "sh_entsize"));
    }

    private static List<ElfSection> sections(Bytes file, List<Header> headers) {
        if (headers.isEmpty()) {
            return List.of();
        }
        Bytes names = content(file, linked(file, headers, file.u16(62, "e_shstrndx"), 62));
        List<ElfSection> sections = new ArrayList<>();
        for (int i = 0; i < headers.size(); i++) {
            Header header = headers.get(i);
            String name = i == 0 ? "" : names.name(Integer.toUnsignedLong(header.name), "the name of section " + i);
            sections.add(new ElfSection(
                    i,
                    name,
                    header.type,
                    header.flags,
                    header.size,
                    content(file, header).buffer()));
        }
        return sections;
    }

    private static List<ElfSymbol> symbols(Bytes file, List<Header> headers) {
        List<ElfSymbol> symbols = new ArrayList<>();
        for (Header header : headers) {
            if (header.type == ElfSection.SYMBOL_TABLE) {
                if (header.entrySize != SYMBOL_SIZE) {
                    throw file.malformed(header.at, "symbols are not of " + SYMBOL_SIZE + " bytes");
                }
                Bytes table = content(file, header);
                Bytes names = content(file, linked(file, headers, header.link, header.at));
                for (long at = 0; at + SYMBOL_SIZE <= table.length(); at += SYMBOL_SIZE) {
                    symbols.add(symbol(table, at, names));
                }
            }
        }
        return symbols;
    }

    private static ElfSymbol symbol(Bytes table, long at, Bytes names) {
        int info = table.u8(at + 4, "st_info");
        return new ElfSymbol(
                names.name(table.u32(at, "st_name"), "the name of a symbol"),
                table.u16(at + 6, "st_shndx"),
                table.u63(at + 8, "st_value"),
                table.u63(at + 16, "st_size"),
                info & 0xf,
                info >>> 4);
    }

    private static Header linked(Bytes file, List<Header> headers, long index, long at) {
        if (index >= headers.size()) {
            throw file.malformed(at, "section %d is named, but there are %d".formatted(index, headers.size()));
        }
        return headers.get((int) index);
    }

    private static Bytes content(Bytes file, Header header) {
        // Section 0 may hold counts in its size, and SHT_NOBITS takes nothing in the file.
        return header.type == 0 || header.type == ElfSection.NO_BITS
                ? file.part(0, 0, "an empty section")
                : file.part(header.offset, header.size, "a section");
    }
}
