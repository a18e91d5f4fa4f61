// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.culvert.loader.btf.Btf;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How records of an earlier layout become those of this one: number by number, by name. What is new is zero, what is
/// gone is left out, and a number that became wider keeps its value.
public final class LayoutConversion {

    /// Bytes that lie one after the other on both sides and mean the same.
    private record Block(long from, long to, long length) {

        boolean isFollowedBy(Place before, Place now) {
            return from + length == before.offset() && to + length == now.offset();
        }
    }

    /// A number that became wider, in the order of a little-endian host unless it is in network order.
    private record Widened(Place from, Place to) {}

    private final List<Block> blocks = new ArrayList<>();
    private final List<Widened> widened = new ArrayList<>();
    private final long size;

    private LayoutConversion(long size) {
        this.size = size;
    }

    /// @param earlier what the record was made as
    /// @param type id of the type in `earlier`
    /// @param layout what it is now
    /// @throws InconvertibleLayoutException if a number became narrower or changed its byte order, or if members
    /// changed that lie over each other
    public static LayoutConversion of(Btf earlier, int type, MemoryLayout layout) {
        var conversion = new LayoutConversion(layout.byteSize());
        if (LayoutCheck.differences(layout, earlier, type).isEmpty()) {
            conversion.blocks.add(new Block(0, 0, layout.byteSize()));
            return conversion;
        }
        String name = layout.name().orElse("number");
        Map<String, Place> before = new LinkedHashMap<>();
        ObjectPlaces.of(earlier, type, name).stream()
                .filter(Place::number)
                .forEach(place -> before.put(place.path(), place));
        List<Place> now = JavaPlaces.of(layout, name).stream()
                .filter(Place::number)
                .sorted(Comparator.comparingLong(Place::offset))
                .toList();
        requireApart(now);
        for (Place to : now) {
            Place from = before.get(to.path());
            if (from != null) {
                conversion.add(from, to);
            }
        }
        return conversion;
    }

    /// Which member of a union a record has is not in the record.
    private static void requireApart(List<Place> places) {
        long end = 0;
        for (Place place : places) {
            if (place.offset() < end) {
                throw new InconvertibleLayoutException(place.path() + " lies over another member");
            }
            end = place.offset() + place.width();
        }
    }

    private void add(Place from, Place to) {
        boolean turned = from.bigEndian() != to.bigEndian() && from.width() > 1 && to.width() > 1;
        if (from.width() > to.width() || turned) {
            throw new InconvertibleLayoutException("%s was %s and is %s".formatted(to.path(), from.type(), to.type()));
        }
        if (from.width() < to.width()) {
            widened.add(new Widened(from, to));
            return;
        }
        if (!blocks.isEmpty() && blocks.getLast().isFollowedBy(from, to)) {
            Block last = blocks.removeLast();
            blocks.add(new Block(last.from, last.to, last.length + to.width()));
        } else {
            blocks.add(new Block(from.offset(), to.offset(), to.width()));
        }
    }

    /// Whether nothing changed.
    public boolean isIdentity() {
        return blocks.equals(List.of(new Block(0, 0, size)));
    }

    /// Writes all bytes of a record, padding included.
    public void convert(MemorySegment earlier, MemorySegment record) {
        record.asSlice(0, size).fill((byte) 0);
        for (Block block : blocks) {
            MemorySegment.copy(earlier, block.from, record, block.to, block.length);
        }
        for (Widened number : widened) {
            for (long i = 0; i < number.from.width(); i++) {
                record.set(
                        JAVA_BYTE,
                        number.to.offset() + significance(number.to, i),
                        earlier.get(JAVA_BYTE, number.from.offset() + significance(number.from, i)));
            }
        }
    }

    /// Where the byte of 256 to the power of `exponent` lies in a number.
    private static long significance(Place place, long exponent) {
        return place.bigEndian() ? place.width() - 1 - exponent : exponent;
    }
}
