// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import java.util.ArrayList;
import java.util.List;

/// Turns the bytes of a `.BTF` section into types, each consistent in itself; [BtfCheck] checks how they refer to each
/// other. Layout: include/uapi/linux/btf.h.
final class BtfReader {

    private static final int MAGIC = 0xeb9f;
    private static final int HEADER_SIZE = 24;
    private static final int TYPE_SIZE = 12;
    private static final int KIND_FLAG = 1 << 31;

    private final Bytes types;
    private final Bytes strings;
    private final List<BtfType> result = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private long at;

    private BtfReader(Bytes types, Bytes strings) {
        this.types = types;
        this.strings = strings;
    }

    /// @param offsets where each type starts in the type section
    record Content(Bytes section, List<BtfType> types, List<Long> offsets) {

        MalformedObjectException malformed(int type, String problem) {
            return section.malformed(offsets.get(type), problem);
        }
    }

    static Content read(Bytes btf) {
        if (btf.u16(0, "the BTF magic number") != MAGIC) {
            throw btf.malformed(0, "not little-endian BTF");
        }
        if (btf.u8(2, "the BTF version") != 1) {
            throw btf.malformed(2, "BTF version " + btf.u8(2, "the BTF version") + ", but only 1 is known");
        }
        long header = btf.u32(4, "the length of the BTF header");
        if (header < HEADER_SIZE) {
            throw btf.malformed(4, "a BTF header of %d bytes is too short".formatted(header));
        }
        Bytes types = section(btf, header, 8, "the BTF types");
        Bytes strings = section(btf, header, 16, "the BTF strings");
        return new BtfReader(types, strings).read();
    }

    private static Bytes section(Bytes btf, long header, long at, String what) {
        return btf.part(header + btf.u32(at, what), btf.u32(at + 4, what), what);
    }

    private Content read() {
        result.add(new BtfType.NoType());
        offsets.add(0L);
        while (at < types.length()) {
            long start = at;
            offsets.add(start);
            int info = types.s32(start + 4, "a BTF type");
            long sizeOrType = types.u32(start + 8, "a BTF type");
            at = start + TYPE_SIZE;
            result.add(type(result.size(), start, info, sizeOrType));
        }
        return new Content(types, List.copyOf(result), List.copyOf(offsets));
    }

    private BtfType type(int id, long start, int info, long sizeOrType) {
        String name = string(start);
        int count = info & 0xffff;
        boolean flag = (info & KIND_FLAG) != 0;
        return switch (info >>> 24 & 0x1f) {
            case 1 -> integer(id, name, start, sizeOrType);
            case 2 -> new BtfType.Pointer(id, reference(start, sizeOrType));
            case 3 -> array(id);
            case 4 -> new BtfType.Struct(id, name, size(start, sizeOrType), members(count, flag));
            case 5 -> new BtfType.Union(id, name, size(start, sizeOrType), members(count, flag));
            case 6 -> new BtfType.Enumeration(id, name, size(start, sizeOrType), flag, enumerators(count, flag));
            case 7 -> new BtfType.Forward(id, name, flag);
            case 8 -> new BtfType.Typedef(id, name, reference(start, sizeOrType));
            case 9 -> qualified(id, BtfType.Qualifier.VOLATILE, start, sizeOrType);
            case 10 -> qualified(id, BtfType.Qualifier.CONST, start, sizeOrType);
            case 11 -> qualified(id, BtfType.Qualifier.RESTRICT, start, sizeOrType);
            case 12 -> new BtfType.Function(id, name, reference(start, sizeOrType), linkage(start, count));
            case 13 -> new BtfType.Prototype(id, reference(start, sizeOrType), parameters(count));
            case 14 -> new BtfType.Variable(id, name, reference(start, sizeOrType), linkage(start, next()));
            case 15 -> new BtfType.DataSection(id, name, sizeOrType, placements(count));
            case 16 -> new BtfType.FloatingPoint(id, name, size(start, sizeOrType));
            case 17 -> new BtfType.DeclarationTag(id, name, reference(start, sizeOrType), (int) next());
            case 18 -> new BtfType.TypeTag(id, name, reference(start, sizeOrType));
            case 19 -> new BtfType.Enumeration(id, name, size(start, sizeOrType), flag, wideEnumerators(count));
            default -> throw types.malformed(start + 4, "BTF kind " + (info >>> 24 & 0x1f) + " is not known");
        };
    }

    private BtfType.Int integer(int id, String name, long start, long size) {
        long data = next();
        int bits = (int) (data & 0xff);
        int bitOffset = (int) (data >>> 16 & 0xff);
        if (size > 16 || bits + bitOffset > size * Byte.SIZE) {
            throw types.malformed(start, "an integer of %d bytes with %d bits".formatted(size, bits + bitOffset));
        }
        long encoding = data >>> 24;
        return new BtfType.Int(
                id, name, (int) size, bits, bitOffset, (encoding & 1) != 0, (encoding & 2) != 0, (encoding & 4) != 0);
    }

    private BtfType.Array array(int id) {
        int element = reference(at, next());
        int index = reference(at, next());
        return new BtfType.Array(id, element, index, next());
    }

    private BtfType.Qualified qualified(int id, BtfType.Qualifier qualifier, long start, long type) {
        return new BtfType.Qualified(id, qualifier, reference(start, type));
    }

    private List<BtfType.Member> members(int count, boolean bitfields) {
        List<BtfType.Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = string(at);
            next();
            int type = reference(at, next());
            long offset = next();
            members.add(
                    bitfields
                            ? new BtfType.Member(name, type, offset & 0xffffff, (int) (offset >>> 24))
                            : new BtfType.Member(name, type, offset, 0));
        }
        return List.copyOf(members);
    }

    private List<BtfType.Enumerator> enumerators(int count, boolean signed) {
        List<BtfType.Enumerator> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = string(at);
            next();
            long value = next();
            values.add(new BtfType.Enumerator(name, signed ? (int) value : value));
        }
        return List.copyOf(values);
    }

    private List<BtfType.Enumerator> wideEnumerators(int count) {
        List<BtfType.Enumerator> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = string(at);
            next();
            long low = next();
            values.add(new BtfType.Enumerator(name, next() << 32 | low));
        }
        return List.copyOf(values);
    }

    private List<BtfType.Parameter> parameters(int count) {
        List<BtfType.Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = string(at);
            next();
            parameters.add(new BtfType.Parameter(name, reference(at, next())));
        }
        return List.copyOf(parameters);
    }

    private List<BtfType.Placement> placements(int count) {
        List<BtfType.Placement> placements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int variable = reference(at, next());
            long offset = next();
            placements.add(new BtfType.Placement(variable, offset, next()));
        }
        return List.copyOf(placements);
    }

    private BtfType.Linkage linkage(long start, long number) {
        return switch ((int) number) {
            case 0 -> BtfType.Linkage.STATIC;
            case 1 -> BtfType.Linkage.GLOBAL;
            case 2 -> BtfType.Linkage.EXTERN;
            default -> throw types.malformed(start, "linkage " + number + " is not known");
        };
    }

    private long next() {
        long value = types.u32(at, "a BTF type");
        at += 4;
        return value;
    }

    private String string(long offset) {
        return strings.name(types.u32(offset, "the name of a BTF type"), "a BTF string");
    }

    private int size(long offset, long size) {
        if (size > Integer.MAX_VALUE) {
            throw types.malformed(offset, "a type of " + size + " bytes");
        }
        return (int) size;
    }

    /// An id; whether there is such a type is known only at the end.
    private int reference(long offset, long id) {
        if (id > Integer.MAX_VALUE) {
            throw types.malformed(offset, "type " + id + " is named, which cannot exist");
        }
        return (int) id;
    }
}
