// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.culvert.loader.btf.Btf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.Collectors;

/// Writes the `volatile const` variables of an object that is not loaded yet.
final class ReadOnlyData {

    private static final String SECTION = ".rodata";

    private ReadOnlyData() {}

    /// The low `size` bytes in the byte order of the host, which is little-endian on every machine that
    /// Culvert runs on.
    static byte[] bytes(long value, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >>> (8 * i));
        }
        return bytes;
    }

    static void set(BpfObject object, String name, byte[] value) {
        String operation = "configure " + name + " in object " + object.name();
        Btf.PlacedVariable variable = object.btf()
                .variable(SECTION, name)
                .orElseThrow(() -> new InvalidObjectException(
                        operation + ": there is no such variable in .rodata; it has " + names(object)));
        if (variable.size() != value.length) {
            throw new InvalidObjectException(
                    operation + ": the variable has " + variable.size() + " bytes, the value " + value.length);
        }
        MemorySegment data = object.dataSection(SECTION)
                .map(ReadOnlyData::initialValue)
                .orElseThrow(() -> new InvalidObjectException(operation + ": libbpf made no map of .rodata"));
        MemorySegment.copy(value, 0, data, JAVA_BYTE, variable.offset(), value.length);
    }

    private static MemorySegment initialValue(MemorySegment map) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_LONG);
            // FFM: libbpf's own copy of the section, which lives as long as the object.
            MemorySegment data = LibbpfObjects.initialValue(map, size);
            return data.reinterpret(size.get(JAVA_LONG, 0));
        }
    }

    private static String names(BpfObject object) {
        return object.btf().variables(SECTION).stream()
                .map(Btf.PlacedVariable::name)
                .sorted()
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(", "), names -> names.isEmpty() ? "none" : names));
    }
}
