// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import java.util.Arrays;
import java.util.List;

/// Checks what types say about each other, so that whoever walks a [Btf] needs no defence: every id exists, no type
/// holds itself by value, nesting has a bound, sizes add up, and members lie inside their struct.
final class BtfCheck {

    /// How deep typedefs, arrays and structs may nest by value. The kernel allows 32 where it verifies.
    private static final int MAX_NESTING = 64;

    /// Says that a type, such as void or a function, has no size.
    static final long UNSIZED = -1;

    private static final long UNKNOWN = -2;

    private final BtfReader.Content content;
    private final long[] sizes;
    private final int[] heights;

    private BtfCheck(BtfReader.Content content) {
        this.content = content;
        this.sizes = new long[content.types().size()];
        this.heights = new int[content.types().size()];
        Arrays.fill(sizes, UNKNOWN);
    }

    /// The size of each type in bytes, or [#UNSIZED].
    static long[] sizes(BtfReader.Content content) {
        var check = new BtfCheck(content);
        for (int id = 0; id < check.sizes.length; id++) {
            check.visit(id, id, 0);
            check.references(content.types().get(id));
        }
        return check.sizes;
    }

    /// Gives `id` its size and returns how deep it nests. `from` is the type that is being looked at.
    private int visit(int from, int id, int level) {
        BtfType type = existing(from, id);
        if (level + heights[id] > MAX_NESTING) {
            throw content.malformed(id, "type %d holds itself, or more than %d levels".formatted(id, MAX_NESTING));
        }
        if (sizes[id] == UNKNOWN) {
            int height = 0;
            for (int part : heldByValue(type)) {
                height = Math.max(height, 1 + visit(id, part, level + 1));
            }
            heights[id] = height;
            sizes[id] = size(type);
        }
        return heights[id];
    }

    private static int[] heldByValue(BtfType type) {
        return switch (type) {
            case BtfType.Alias alias -> new int[] {alias.target()};
            case BtfType.Array array -> new int[] {array.element()};
            case BtfType.Variable variable -> new int[] {variable.type()};
            case BtfType.Composite composite ->
                composite.members().stream().mapToInt(BtfType.Member::type).toArray();
            case BtfType.DataSection section ->
                section.variables().stream()
                        .mapToInt(BtfType.Placement::variable)
                        .toArray();
            default -> new int[0];
        };
    }

    private long size(BtfType type) {
        return switch (type) {
            case BtfType.Int integer -> integer.size();
            case BtfType.FloatingPoint number -> number.size();
            case BtfType.Enumeration enumeration -> enumeration.size();
            case BtfType.Pointer _ -> Long.BYTES;
            case BtfType.Alias alias -> sizes[alias.target()];
            case BtfType.Variable variable -> sizes[variable.type()];
            case BtfType.Array array -> arraySize(array);
            case BtfType.Composite composite -> compositeSize(composite);
            case BtfType.NoType _, BtfType.Forward _, BtfType.DeclarationTag _, BtfType.Function _ -> UNSIZED;
            case BtfType.Prototype _, BtfType.DataSection _ -> UNSIZED;
        };
    }

    private long arraySize(BtfType.Array array) {
        long element = sizes[array.element()];
        // Both factors are below 2^32, so that the product is exact as an unsigned number; it is negative if too large.
        long size = element * array.count();
        if (element == UNSIZED || size < 0 || size > Integer.MAX_VALUE) {
            throw content.malformed(
                    array.id(),
                    "type %d: an array of %d of type %d".formatted(array.id(), array.count(), array.element()));
        }
        return size;
    }

    private long compositeSize(BtfType.Composite composite) {
        for (BtfType.Member member : composite.members()) {
            long size = sizes[member.type()];
            long bits = member.bitfieldBits() > 0 ? member.bitfieldBits() : plainBits(member, size);
            if (size == UNSIZED || member.bitOffset() + bits > (long) composite.size() * Byte.SIZE) {
                throw content.malformed(
                        composite.id(),
                        "type %d: member '%s' lies outside the %d bytes of '%s'"
                                .formatted(composite.id(), member.name(), composite.size(), composite.name()));
            }
        }
        return composite.size();
    }

    /// Before members had a width of their own, a bit field was a member of a narrower integer type.
    private long plainBits(BtfType.Member member, long size) {
        return content.types().get(member.type()) instanceof BtfType.Int integer ? integer.bits() : size * Byte.SIZE;
    }

    private void references(BtfType type) {
        switch (type) {
            case BtfType.Pointer pointer -> existing(type.id(), pointer.target());
            case BtfType.Array array -> existing(type.id(), array.index());
            case BtfType.DeclarationTag tag -> existing(type.id(), tag.target());
            case BtfType.Function function -> function(function);
            case BtfType.Prototype prototype -> {
                existing(type.id(), prototype.result());
                prototype.parameters().forEach(parameter -> existing(type.id(), parameter.type()));
            }
            case BtfType.DataSection section -> placements(section, section.variables());
            default -> {}
        }
    }

    private void function(BtfType.Function function) {
        if (!(existing(function.id(), function.prototype()) instanceof BtfType.Prototype)) {
            throw content.malformed(function.id(), "function '%s' has no prototype".formatted(function.name()));
        }
    }

    private void placements(BtfType.DataSection section, List<BtfType.Placement> placements) {
        for (BtfType.Placement placement : placements) {
            BtfType placed = content.types().get(placement.variable());
            if (!(placed instanceof BtfType.Variable || placed instanceof BtfType.Function)) {
                throw content.malformed(
                        section.id(),
                        "section '%s' holds type %d, which is no variable".formatted(section.name(), placed.id()));
            }
            if (placement.offset() + placement.size() > Integer.MAX_VALUE) {
                throw content.malformed(section.id(), "section '%s' is too large".formatted(section.name()));
            }
        }
    }

    private BtfType existing(int from, int id) {
        if (id >= content.types().size()) {
            throw content.malformed(
                    from,
                    "type %d refers to type %d of %d"
                            .formatted(from, id, content.types().size()));
        }
        return content.types().get(id);
    }
}
