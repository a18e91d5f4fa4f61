// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

import io.culvert.loader.btf.Btf;
import io.culvert.loader.btf.BtfType;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Compares a layout stated in Java with a type in BTF: size, and of every number its name, offset, width and byte
/// order, through nested structs, arrays and unions. Padding must be explicit on both sides and lie at the same
/// places.
///
/// Structs that no map type reaches are absent from BTF, so a caller names types by their map.
public final class LayoutCheck {

    private LayoutCheck() {}

    /// What differs, one line each, in the order of the offsets in Java; empty if nothing does. For example
    /// `service4_key.port: Java offset 4 BE16, object offset 6 __be16`.
    ///
    /// @param layout with the names of C
    /// @param type id of the type in `object`
    public static List<String> differences(MemoryLayout layout, Btf object, int type) {
        String name = layout.name().orElse("");
        if (type == 0) {
            return List.of(name + ": Java " + layout.byteSize() + " bytes, object has no type");
        }
        List<String> differences = new ArrayList<>();
        if (layout.byteSize() != object.size(type)) {
            differences.add("%s: Java %d bytes, object %d bytes".formatted(name, layout.byteSize(), object.size(type)));
        }
        Map<String, Place> inJava = byName(JavaPlaces.of(layout, name));
        Map<String, Place> inObject = byName(ObjectPlaces.of(object, type, name));
        inJava.forEach((path, place) -> {
            Place other = inObject.remove(path);
            if (other == null) {
                differences.add(path + ": Java " + place + ", object has none");
            } else if (!place.agrees(other)) {
                differences.add(path + ": Java " + place + ", object " + other);
            }
        });
        inObject.forEach((path, place) -> differences.add(path + ": Java has none, object " + place));
        return differences;
    }

    /// What differs between the constants of an enum in Java and those in BTF; empty if the object has no such
    /// enum.
    ///
    /// @param name of the enum in C
    /// @param constants value by the name in C
    public static List<String> differences(String name, Map<String, Long> constants, Btf object) {
        Map<String, Long> inObject = new LinkedHashMap<>();
        object.find(BtfType.Enumeration.class, name)
                .ifPresent(found -> found.values().forEach(value -> inObject.put(value.name(), value.value())));
        if (inObject.isEmpty()) {
            return List.of();
        }
        List<String> differences = new ArrayList<>();
        constants.forEach((constant, value) -> {
            Long other = inObject.remove(constant);
            if (!value.equals(other)) {
                differences.add("enum %s: %s: Java %d, object %s"
                        .formatted(name, constant, value, other == null ? "has none" : other));
            }
        });
        inObject.forEach((constant, value) ->
                differences.add("enum %s: %s: Java has none, object %d".formatted(name, constant, value)));
        return differences;
    }

    private static Map<String, Place> byName(List<Place> places) {
        Map<String, Place> byName = new LinkedHashMap<>();
        places.forEach(place -> byName.put(place.path(), place));
        return byName;
    }
}
