// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.btf.Btf;
import io.culvert.loader.btf.BtfType;
import io.culvert.maps.layout.LayoutCheck;
import io.culvert.maps.layout.LayoutMismatchException;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Whether an object and Java mean the same by every map.
public final class ObjectLayouts {

    private ObjectLayouts() {}

    /// Compares the maps that the object declares.
    ///
    /// @param object name for the message, for example `sock_lb.o`
    /// @throws LayoutMismatchException if anything differs
    public static void require(String object, Btf btf) {
        List<String> differences = differences(btf);
        if (!differences.isEmpty()) {
            throw new LayoutMismatchException(object, differences);
        }
    }

    /// What differs, one line each. Maps that Java does not know are private to the object and not compared.
    public static List<String> differences(Btf btf) {
        List<String> differences = new ArrayList<>();
        for (Table<?, ?> table : Tables.ALL) {
            btf.mapTypes(table.name())
                    .ifPresent(types -> differences.addAll(
                            table.kind() == Table.Kind.RING ? record(table, btf) : entry(table, btf, types)));
        }
        Map<String, Long> reasons = new TreeMap<>(Map.of("DROP_REASONS", (long) DropReason.COUNT));
        Arrays.stream(DropReason.values()).forEach(reason -> reasons.put("DROP_" + reason, (long) reason.number()));
        differences.addAll(LayoutCheck.differences("drop_reason", reasons, btf));
        return differences.stream().distinct().toList();
    }

    private static List<String> entry(Table<?, ?> table, Btf btf, Btf.MapTypes types) {
        List<String> differences = new ArrayList<>(
                named(table, "key", LayoutCheck.differences(table.key().layout(), btf, types.key())));
        differences.addAll(
                named(table, "value", LayoutCheck.differences(table.value().layout(), btf, types.value())));
        return differences;
    }

    /// A ring does not say what it holds: its records are found by their name.
    private static List<String> record(Table<?, ?> table, Btf btf) {
        MemoryLayout layout = table.value().layout();
        int type = layout.name()
                .flatMap(name -> btf.find(BtfType.Struct.class, name))
                .map(BtfType.Struct::id)
                .orElse(0);
        return LayoutCheck.differences(layout, btf, type);
    }

    /// A plain number has no name of its own.
    private static List<String> named(Table<?, ?> table, String side, List<String> differences) {
        return differences.stream()
                .map(line -> line.startsWith(":") ? table.name() + "." + side + line : line)
                .toList();
    }
}
