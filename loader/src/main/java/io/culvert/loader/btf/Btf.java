// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The type information of one eBPF object, or of the kernel. Everything in it has been checked when it was read: every
/// id that a type names exists, no type holds itself by value, and every member lies inside its struct.
public final class Btf {

    private static final Set<String> BIG_ENDIAN = Set.of("__be16", "__be32", "__be64");

    private final List<BtfType> types;
    private final long[] sizes;

    private Btf(BtfReader.Content content) {
        this.types = content.types();
        this.sizes = BtfCheck.sizes(content);
    }

    /// Reads the `.BTF` section of an object file. clang leaves the places of variables to the linker, so they are
    /// taken from the symbol table.
    ///
    /// @throws MalformedObjectException if there is no such section or it contradicts itself
    public static Btf read(ElfFile object) {
        Bytes section = object.bytes(".BTF")
                .orElseThrow(() -> new MalformedObjectException(0, "there is no .BTF section (clang -g writes it)"));
        return new Btf(DataSectionPlaces.fill(BtfReader.read(section), object));
    }

    /// Reads BTF as the kernel gives it, for example in `/sys/kernel/btf/vmlinux`.
    ///
    /// @throws MalformedObjectException if it contradicts itself
    public static Btf parse(byte[] btf) {
        return new Btf(BtfReader.read(Bytes.of(btf)));
    }

    /// All types; the place in the list is the type's id, and 0 is void.
    public List<BtfType> types() {
        return types;
    }

    /// The type with this id, as it was written: a typedef stays one.
    public BtfType type(int id) {
        return types.get(id);
    }

    /// The type behind all typedefs, qualifiers and type tags.
    public BtfType resolve(int id) {
        BtfType type = type(id);
        while (type instanceof BtfType.Alias alias) {
            type = type(alias.target());
        }
        return type;
    }

    /// The first type of this kind and name, for example `find(BtfType.Struct.class, "frontend_key")`.
    public <T extends BtfType> Optional<T> find(Class<T> kind, String name) {
        return types.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(type -> type.name().equals(name))
                .findFirst();
    }

    /// The size of a value of this type in bytes.
    ///
    /// @throws IllegalArgumentException if it has none, as void and functions have none
    public int size(int id) {
        if (sizes[id] == BtfCheck.UNSIZED) {
            throw new IllegalArgumentException("type " + id + " has no size: " + type(id));
        }
        return (int) sizes[id];
    }

    /// The byte order that the declaration asks for: big-endian behind `__be16`, `__be32` or `__be64`, which the C
    /// compiler takes for plain integers and only BTF still shows; little-endian, the order of every machine that
    /// Culvert runs on, for anything else. Of an array it is that of the elements.
    public ByteOrder byteOrder(int id) {
        BtfType type = type(id);
        while (!(type instanceof BtfType.Typedef typedef && BIG_ENDIAN.contains(typedef.name()))) {
            switch (type) {
                case BtfType.Alias alias -> type = type(alias.target());
                case BtfType.Array array -> type = type(array.element());
                default -> {
                    return ByteOrder.LITTLE_ENDIAN;
                }
            }
        }
        return ByteOrder.BIG_ENDIAN;
    }

    /// A variable in a section of an object.
    ///
    /// @param type id of its type
    /// @param offset in the section, bytes
    /// @param size bytes
    public record PlacedVariable(String name, int type, int offset, int size) {}

    /// The variables of a section such as `.rodata`, in the order of their offsets; empty if there is no such section.
    public List<PlacedVariable> variables(String section) {
        List<PlacedVariable> variables = new ArrayList<>();
        for (BtfType.Placement placement : find(BtfType.DataSection.class, section)
                .map(BtfType.DataSection::variables)
                .orElse(List.of())) {
            if (type(placement.variable()) instanceof BtfType.Variable variable) {
                variables.add(new PlacedVariable(
                        variable.name(), variable.type(), (int) placement.offset(), (int) placement.size()));
            }
        }
        variables.sort(Comparator.comparingInt(PlacedVariable::offset));
        return variables;
    }

    /// The variable of this name in a section.
    public Optional<PlacedVariable> variable(String section, String name) {
        return variables(section).stream()
                .filter(variable -> variable.name().equals(name))
                .findFirst();
    }

    /// The key and value types that a map in section `.maps` was declared with by `__type(key, ...)`; ids, and 0 where
    /// only a size was given.
    public record MapTypes(int key, int value) {}

    /// What the map of this name was declared with.
    public Optional<MapTypes> mapTypes(String map) {
        return variable(".maps", map)
                .filter(variable -> resolve(variable.type()) instanceof BtfType.Struct)
                .map(variable -> (BtfType.Struct) resolve(variable.type()))
                .map(definition -> new MapTypes(pointedTo(definition, "key"), pointedTo(definition, "value")));
    }

    private int pointedTo(BtfType.Struct definition, String member) {
        return definition
                .member(member)
                .map(declared -> resolve(declared.type()))
                .map(type -> type instanceof BtfType.Pointer pointer ? pointer.target() : 0)
                .orElse(0);
    }
}
