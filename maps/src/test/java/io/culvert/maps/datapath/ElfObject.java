// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Functions of an ELF object for BPF, and where relocations lead (System V ABI, chapter 4; kernel:
/// Documentation/bpf/llvm_reloc.rst).
final class ElfObject {

    private static final int SYMBOLS = 2;
    private static final int RELOCATIONS = 9;
    private static final int FUNCTION = 2;
    private static final int INSTRUCTION = 8;

    /// @param section number of the one that it is in
    /// @param at bytes from the section's beginning
    record Symbol(String name, int type, int section, int at, int size) {}

    private record Section(int type, int at, int size, int link, int info) {}

    private record Place(int section, int at) {}

    private final ByteBuffer file;
    private final List<Section> sections = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();
    private final Map<Place, Symbol> relocations = new HashMap<>();

    ElfObject(ByteBuffer file) {
        this.file = file;
        int headers = (int) file.getLong(0x28);
        for (int number = 0; number < file.getShort(0x3c); number++) {
            int at = headers + number * file.getShort(0x3a);
            sections.add(new Section(
                    file.getInt(at + 4),
                    (int) file.getLong(at + 0x18),
                    (int) file.getLong(at + 0x20),
                    file.getInt(at + 0x28),
                    file.getInt(at + 0x2c)));
        }
        sections.stream().filter(section -> section.type == SYMBOLS).forEach(this::readSymbols);
        sections.stream().filter(section -> section.type == RELOCATIONS).forEach(this::readRelocations);
    }

    private void readSymbols(Section table) {
        int names = sections.get(table.link).at;
        for (int at = table.at; at < table.at + table.size; at += 24) {
            symbols.add(new Symbol(
                    text(names + file.getInt(at)),
                    file.get(at + 4) & 0xf,
                    file.getShort(at + 6),
                    (int) file.getLong(at + 8),
                    (int) file.getLong(at + 16)));
        }
    }

    private void readRelocations(Section table) {
        for (int at = table.at; at < table.at + table.size; at += 16) {
            relocations.put(
                    new Place(table.info, (int) file.getLong(at)), symbols.get((int) (file.getLong(at + 8) >>> 32)));
        }
    }

    private String text(int at) {
        int end = at;
        while (file.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - at];
        file.get(at, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    List<Symbol> functions() {
        return symbols.stream().filter(symbol -> symbol.type == FUNCTION).toList();
    }

    /// The instructions of a function.
    ByteBuffer code(Symbol function) {
        return file.slice(sections.get(function.section).at + function.at, function.size)
                .order(file.order());
    }

    /// Whom a call leads to.
    ///
    /// @param at of the instruction, in the function
    /// @param number of the instruction
    String called(Symbol function, int at, int number) {
        int next = (number + 1) * INSTRUCTION;
        return Optional.ofNullable(relocations.get(new Place(function.section, function.at + at)))
                .map(to -> function(to, next))
                .orElseGet(() -> functionAt(function.section, function.at + at + next))
                .orElseThrow(() -> new IllegalStateException("%s calls nobody at %d".formatted(function.name, at)));
    }

    /// The function whose address is loaded, if it is one's.
    Optional<String> callback(Symbol function, int at, int number) {
        return Optional.ofNullable(relocations.get(new Place(function.section, function.at + at)))
                .flatMap(to -> function(to, number));
    }

    /// What a relocation leads to: itself, or that many bytes behind the beginning of its section.
    private Optional<String> function(Symbol to, int behind) {
        return to.type == FUNCTION ? Optional.of(to.name) : functionAt(to.section, behind);
    }

    private Optional<String> functionAt(int section, int at) {
        return functions().stream()
                .filter(one -> one.section == section && one.at == at)
                .map(Symbol::name)
                .findFirst();
    }
}
