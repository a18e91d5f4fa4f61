// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// The numbers of a layout stated in Java.
final class JavaPlaces {

    private final List<Place> places = new ArrayList<>();

    private JavaPlaces() {}

    static List<Place> of(MemoryLayout layout, String name) {
        var places = new JavaPlaces();
        places.add(layout, 0, name);
        return places.places;
    }

    private void add(MemoryLayout layout, long offset, String path) {
        switch (layout) {
            case ValueLayout value -> places.add(place(value, offset, path));
            case PaddingLayout padding ->
                places.add(new Place(path, offset, padding.byteSize(), false, false, "pad " + padding.byteSize()));
            case SequenceLayout sequence -> {
                for (long i = 0; i < sequence.elementCount(); i++) {
                    MemoryLayout element = sequence.elementLayout();
                    add(element, offset + i * element.byteSize(), path + "[" + i + "]");
                }
            }
            case StructLayout struct -> {
                long at = offset;
                for (MemoryLayout member : struct.memberLayouts()) {
                    add(member, at, path + "." + member.name().orElse("pad"));
                    at += member.byteSize();
                }
            }
            case UnionLayout union ->
                union.memberLayouts()
                        .forEach(member ->
                                add(member, offset, path + "." + member.name().orElse("pad")));
        }
    }

    private static Place place(ValueLayout value, long offset, String path) {
        boolean bigEndian = value.order() == ByteOrder.BIG_ENDIAN;
        String type = (bigEndian && value.byteSize() > 1 ? "BE" : "U") + value.byteSize() * Byte.SIZE;
        return new Place(path, offset, value.byteSize(), bigEndian, true, type);
    }
}
