// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Fills in what clang leaves to the linker: the size of a data section, and where its variables are.
final class DataSectionPlaces {

    private static final int OBJECT = 1;

    private DataSectionPlaces() {}

    static BtfReader.Content fill(BtfReader.Content content, ElfFile object) {
        List<BtfType> types = new ArrayList<>(content.types());
        types.replaceAll(type -> type instanceof BtfType.DataSection section ? fill(section, content, object) : type);
        return new BtfReader.Content(content.section(), List.copyOf(types), content.offsets());
    }

    /// Sections without a counterpart in the file (`.ksyms`, `.kconfig`) are the kernel's and stay as they are.
    private static BtfType fill(BtfType.DataSection section, BtfReader.Content content, ElfFile object) {
        return object.section(section.name())
                .map(elf -> place(section, elf, content, offsets(elf, object)))
                .orElse(section);
    }

    private static BtfType.DataSection place(
            BtfType.DataSection section, ElfSection elf, BtfReader.Content content, Map<String, Long> offsets) {
        List<BtfType.Placement> placements = new ArrayList<>();
        for (BtfType.Placement placement : section.variables()) {
            long offset = offsets.getOrDefault(name(content, placement.variable()), placement.offset());
            if (offset > elf.size() || placement.size() > elf.size() - offset) {
                throw content.malformed(
                        section.id(),
                        "variable '%s' lies outside the %d bytes of '%s'"
                                .formatted(name(content, placement.variable()), elf.size(), elf.name()));
            }
            placements.add(new BtfType.Placement(placement.variable(), offset, placement.size()));
        }
        return new BtfType.DataSection(section.id(), section.name(), elf.size(), List.copyOf(placements));
    }

    private static Map<String, Long> offsets(ElfSection section, ElfFile object) {
        Map<String, Long> offsets = new HashMap<>();
        for (ElfSymbol symbol : object.symbols()) {
            if (symbol.section() == section.index() && symbol.type() == OBJECT) {
                offsets.put(symbol.name(), symbol.value());
            }
        }
        return offsets;
    }

    /// The name, or an empty one if the id is wrong, which [BtfCheck] reports.
    private static String name(BtfReader.Content content, int variable) {
        return variable < content.types().size() ? content.types().get(variable).name() : "";
    }
}
