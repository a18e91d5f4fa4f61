// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import java.util.List;
import java.util.Optional;

/// One type of a [Btf]. Types refer to each other by id; [Btf#type] finds the one with an id. `name` is empty where C
/// gave none. Sizes and offsets are in bytes unless they say bits.
public sealed interface BtfType {

    /// The place in the BTF; 0 is void.
    int id();

    String name();

    /// A type that has members at offsets: a struct or a union.
    sealed interface Composite extends BtfType permits Struct, Union {
        int size();

        List<Member> members();

        default Optional<Member> member(String name) {
            return members().stream()
                    .filter(member -> member.name().equals(name))
                    .findFirst();
        }
    }

    /// A type that stands for another one: [Btf#resolve] looks through all of them.
    sealed interface Alias extends BtfType permits Typedef, Qualified, TypeTag {
        int target();
    }

    record NoType() implements BtfType {
        @Override
        public int id() {
            return 0;
        }

        @Override
        public String name() {
            return "void";
        }
    }

    /// @param bits significant bits, from `bitOffset`; all of `size` for C's own types
    record Int(int id, String name, int size, int bits, int bitOffset, boolean signed, boolean character, boolean bool)
            implements BtfType {}

    record FloatingPoint(int id, String name, int size) implements BtfType {}

    record Pointer(int id, int target) implements Unnamed {}

    record Array(int id, int element, int index, long count) implements Unnamed {}

    record Struct(int id, String name, int size, List<Member> members) implements Composite {}

    record Union(int id, String name, int size, List<Member> members) implements Composite {}

    /// @param type id
    /// @param bitOffset from the start of the struct
    /// @param bitfieldBits width of a bit field; 0 if it is none
    record Member(String name, int type, long bitOffset, int bitfieldBits) {

        /// The offset in bytes; of a bit field, that of the byte in which it starts.
        public int offset() {
            return (int) (bitOffset / Byte.SIZE);
        }
    }

    record Enumeration(int id, String name, int size, boolean signed, List<Enumerator> values) implements BtfType {}

    /// @param value sign-extended if the enumeration is signed, zero-extended otherwise
    record Enumerator(String name, long value) {}

    /// A struct or union that is only declared.
    record Forward(int id, String name, boolean union) implements BtfType {}

    record Typedef(int id, String name, int target) implements Alias {}

    enum Qualifier {
        CONST,
        VOLATILE,
        RESTRICT
    }

    record Qualified(int id, Qualifier qualifier, int target) implements Alias, Unnamed {}

    /// `__attribute__((btf_type_tag("name")))`.
    record TypeTag(int id, String name, int target) implements Alias {}

    /// `__attribute__((btf_decl_tag("name")))` on `target`, or on its member or parameter `component` unless that is
    /// -1.
    record DeclarationTag(int id, String name, int target, int component) implements BtfType {}

    enum Linkage {
        STATIC,
        GLOBAL,
        EXTERN
    }

    record Function(int id, String name, int prototype, Linkage linkage) implements BtfType {}

    record Prototype(int id, int result, List<Parameter> parameters) implements Unnamed {}

    /// @param type id; 0 with an empty name is `...`
    record Parameter(String name, int type) {}

    record Variable(int id, String name, int type, Linkage linkage) implements BtfType {}

    /// The variables of one ELF section such as `.rodata` or `.maps`.
    record DataSection(int id, String name, long size, List<Placement> variables) implements BtfType {}

    /// @param variable id of a [Variable]
    /// @param offset in the section
    record Placement(int variable, long offset, long size) {}

    /// A type that C cannot name.
    sealed interface Unnamed extends BtfType permits Pointer, Array, Qualified, Prototype {
        @Override
        default String name() {
            return "";
        }
    }
}
