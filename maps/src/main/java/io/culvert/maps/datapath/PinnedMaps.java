// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.MapFlag;
import io.culvert.loader.MapInfo;
import io.culvert.loader.MapType;
import io.culvert.maps.Control;
import io.culvert.maps.MappedArray;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The maps that are pinned in one directory: `<bpffs>/maps/<name>`.
final class PinnedMaps {

    /// A larger map lies under its name and this until it takes the name. Dots are not allowed in a bpf file
    /// system.
    private static final Set<MapType> HASHES = EnumSet.of(MapType.HASH, MapType.LRU_HASH, MapType.LPM_TRIE);

    private static final String NEXT = "_next";

    private final Path bpffs;
    private final Path directory;

    PinnedMaps(Path bpffs) {
        this.bpffs = bpffs;
        this.directory = bpffs.resolve("maps");
    }

    /// What is pinned.
    ///
    /// @param maps by name; the caller closes them
    /// @param layoutVersion of their records; this agent's where nothing is pinned
    record Pinned(Map<String, BpfMap> maps, int layoutVersion) {

        boolean isOfThisLayout() {
            return layoutVersion == Control.LAYOUT_VERSION;
        }
    }

    /// Opens what is pinned. Only looks.
    ///
    /// @throws ForeignLayoutException if it is of a layout that this agent neither has nor can convert
    Pinned open() {
        Map<String, BpfMap> maps = new LinkedHashMap<>();
        try {
            for (Table<?, ?> table : Tables.ALL) {
                BpfMap.openPinned(directory.resolve(table.name())).ifPresent(map -> maps.put(table.name(), map));
            }
            return new Pinned(maps, maps.isEmpty() ? Control.LAYOUT_VERSION : requireKnown(maps));
        } catch (RuntimeException e) {
            maps.values().forEach(BpfMap::close);
            throw e;
        }
    }

    private int requireKnown(Map<String, BpfMap> maps) {
        BpfMap control = maps.get(Tables.CONTROL.name());
        if (control == null) {
            throw new ForeignLayoutException(bpffs, "there is no map control, so these are not Culvert's");
        }
        requireKind(Tables.CONTROL, control.info());
        int version = layoutVersion(control);
        if (version > Control.LAYOUT_VERSION || version < Control.OLDEST_CONVERTIBLE_LAYOUT) {
            throw new ForeignLayoutException(
                    bpffs,
                    "they have layout %d, this agent reads layout %d".formatted(version, Control.LAYOUT_VERSION));
        }
        for (Table<?, ?> table : Tables.ALL) {
            Optional.ofNullable(maps.get(table.name())).map(BpfMap::info).ifPresent(info -> {
                requireKind(table, info);
                if (version == Control.LAYOUT_VERSION) {
                    requireShape(table, info);
                }
            });
        }
        return version;
    }

    /// It is the first number of `control` in every layout.
    private static int layoutVersion(BpfMap control) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(Integer.BYTES, Long.BYTES);
            MemorySegment value = arena.allocate(control.info().valueBytes(), Long.BYTES);
            control.lookup(key, value);
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private void requireKind(Table<?, ?> table, MapInfo info) {
        if (!isOfKind(table.kind(), info)) {
            throw unlike(table, info);
        }
    }

    private void requireShape(Table<?, ?> table, MapInfo info) {
        if (table.kind() == Table.Kind.RING) {
            return;
        }
        if (info.keySize() != table.key().size()
                || info.valueSize() != table.value().size()) {
            throw unlike(table, info);
        }
    }

    private ForeignLayoutException unlike(Table<?, ?> table, MapInfo info) {
        return new ForeignLayoutException(
                bpffs,
                "map %s is %s with keys of %d and values of %d bytes, this agent expects %s with keys of %d and values of %d bytes"
                        .formatted(
                                table.name(),
                                info.type(),
                                info.keySize(),
                                info.valueSize(),
                                table.kind(),
                                table.key().size(),
                                table.value().size()));
    }

    private static boolean isOfKind(Table.Kind kind, MapInfo info) {
        return switch (kind) {
            case HASH -> HASHES.contains(info.type());
            case MAPPED_ARRAY -> info.type() == MapType.ARRAY && info.flags().contains(MapFlag.MMAPABLE);
            case PER_CPU_ARRAY -> info.type() == MapType.PERCPU_ARRAY;
            case SOCKET_STORAGE -> info.type() == MapType.SK_STORAGE;
            case RING -> info.type() == MapType.RINGBUF;
            case PROGRAMS -> info.type() == MapType.PROG_ARRAY;
            case DEVICES -> info.type() == MapType.DEVMAP_HASH;
        };
    }

    /// Pins maps that were just made. `control` comes first, with its version in it, so that a start that finds any
    /// map finds that.
    void pin(Map<String, BpfMap> created) {
        for (Table<?, ?> table : Tables.ALL) {
            BpfMap map = created.get(table.name());
            if (map != null) {
                if (table.equals(Tables.CONTROL)) {
                    writeVersion(map);
                }
                map.pin(directory.resolve(table.name()));
            }
        }
    }

    private static void writeVersion(BpfMap control) {
        try (var array = new MappedArray<>(Tables.CONTROL.name(), Control.CODEC, control.duplicate())) {
            array.set(0, Control.EMPTY);
        }
    }

    /// Pins larger maps beside those that they will replace.
    void stage(Map<String, BpfMap> larger) {
        larger.forEach((name, map) -> map.pin(directory.resolve(name + NEXT)));
    }

    /// Lets staged maps take the place of those of the same names. Renaming is atomic, and until the first write to
    /// a larger map every mixture of old and new pins is good.
    void commit(Collection<String> names) {
        for (String name : names) {
            try {
                Files.move(directory.resolve(name + NEXT), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "replace pin %s: %s".formatted(directory.resolve(name), e.getMessage()), e);
            }
        }
    }

    /// Removes what a growth left that was cut short, and maps that only earlier agents had.
    void removeLeftOvers() {
        Tables.FORMER.forEach(name -> delete(directory.resolve(name)));
        for (Table<?, ?> table : Tables.ALL) {
            delete(directory.resolve(table.name() + NEXT));
        }
    }

    /// As [#removeLeftOvers()] after a failure, which may keep pins from being removed too; then the next start removes
    /// them.
    void removeLeftOvers(RuntimeException cause) {
        try {
            removeLeftOvers();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /// Removes all pins of maps. `control` goes last, so that what is left is still known as ours.
    void remove() {
        removeLeftOvers();
        List<Table<?, ?>> tables = new ArrayList<>(Tables.ALL).reversed();
        tables.forEach(table -> delete(directory.resolve(table.name())));
    }

    static void delete(Path pin) {
        try {
            Files.deleteIfExists(pin);
        } catch (IOException e) {
            throw new UncheckedIOException("remove pin " + pin + ": " + e.getMessage(), e);
        }
    }
}
