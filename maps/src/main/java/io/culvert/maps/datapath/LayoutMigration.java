// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.MapTypes;
import io.culvert.maps.Control;
import io.culvert.maps.MappedArray;
import io.culvert.maps.Table;
import io.culvert.maps.Tables;
import io.culvert.maps.layout.InconvertibleLayoutException;
import io.culvert.maps.layout.LayoutConversion;
import io.culvert.maps.layout.Numbers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes over the maps of an agent with an earlier layout, while its programs go on running. Maps whose records did not
/// change stay as they are; of the others copies are made. Both kinds of programs run for a moment, each on its own
/// copies, so that what the earlier ones open after the first copy is copied again when the last of them is gone.
final class LayoutMigration {

    private static final Logger LOG = LoggerFactory.getLogger(LayoutMigration.class);

    /// What packets and sockets write; the agent alone writes the others.
    private static final Set<Table<?, ?>> WRITTEN_BY_PROGRAMS = Set.of(
            Tables.FLOWS,
            Tables.AFFINITY,
            Tables.SOCK_OVERFLOW,
            Tables.FRAGMENTS,
            Tables.POLICY_FLOWS,
            Tables.POLICY_FRAGMENTS);

    /// They hold no records of ours, or do not say which.
    private static final Set<Table.Kind> UNTYPED = Set.of(Table.Kind.PROGRAMS, Table.Kind.DEVICES, Table.Kind.RING);

    private final Map<String, BpfMap> kept = new HashMap<>();
    private final Map<Table<?, ?>, EarlierMap> converted = new LinkedHashMap<>();
    private final Map<String, BpfMap> dropped = new LinkedHashMap<>();
    private final Map<String, BpfMap> copies = new LinkedHashMap<>();

    private LayoutMigration() {}

    /// Plans what becomes of each map; nothing is changed.
    ///
    /// @param pinned belongs to the plan from now on
    /// @throws ForeignLayoutException if there is a map that cannot be converted
    static LayoutMigration of(Path bpffs, PinnedMaps.Pinned pinned) {
        var migration = new LayoutMigration();
        if (pinned.isOfThisLayout()) {
            migration.kept.putAll(pinned.maps());
            return migration;
        }
        for (Table<?, ?> table : Tables.ALL) {
            BpfMap map = pinned.maps().get(table.name());
            if (map != null) {
                migration.plan(bpffs, table, map);
            }
        }
        LOG.info(
                "take over maps of layout {} as layout {}: {} stay, {} are converted",
                pinned.layoutVersion(),
                Control.LAYOUT_VERSION,
                migration.kept.size(),
                migration.converted.size());
        return migration;
    }

    private void plan(Path bpffs, Table<?, ?> table, BpfMap map) {
        if (UNTYPED.contains(table.kind())) {
            kept.put(table.name(), map);
            return;
        }
        try {
            MapTypes types =
                    map.types().orElseThrow(() -> new InconvertibleLayoutException("it does not say what it holds"));
            var key = LayoutConversion.of(types.btf(), types.key(), table.key().layout());
            var value = LayoutConversion.of(
                    types.btf(), types.value(), table.value().layout());
            if (key.isIdentity() && value.isIdentity() && !table.equals(Tables.CONTROL)) {
                kept.put(table.name(), map);
            } else {
                switch (table.kind()) {
                    case HASH, MAPPED_ARRAY -> converted.put(table, new EarlierMap(map, table, key, value));
                    case PER_CPU_ARRAY -> drop(map, table, "its counters begin again");
                    case PROGRAMS, DEVICES, RING -> throw new IllegalStateException(table.name());
                    case SOCKET_STORAGE -> drop(map, table, "sockets that are open forget which Service they dialled");
                }
            }
        } catch (InconvertibleLayoutException e) {
            throw new ForeignLayoutException(
                    bpffs, "map %s cannot be converted: %s".formatted(table.name(), e.getMessage()));
        }
    }

    private void drop(BpfMap map, Table<?, ?> table, String consequence) {
        LOG.warn("map {} has another layout and nothing can be taken over from it: {}", table.name(), consequence);
        dropped.put(table.name(), map);
    }

    /// The maps that programs of this layout use as they are, by name.
    Map<String, BpfMap> kept() {
        return kept;
    }

    /// How many entries the maps that are made have: copies as many as what they are of.
    Map<String, Integer> sizes(Map<String, Integer> configured) {
        Map<String, Integer> sizes = new HashMap<>(configured);
        converted.forEach((table, map) -> {
            if (!table.equals(Tables.CONTROL)) {
                sizes.put(table.name(), map.entries());
            }
        });
        return sizes;
    }

    /// Fills the copies, before any program uses them, and pins them beside the earlier maps.
    ///
    /// @param created maps that were made for the programs
    /// @return those that are no copies
    Map<String, BpfMap> copy(Map<String, BpfMap> created, PinnedMaps pins) {
        Map<String, BpfMap> others = new LinkedHashMap<>(created);
        if (kept.containsKey(Tables.FLOWS.name()) || converted.containsKey(Tables.FLOWS)) {
            Optional.ofNullable(created.get(Tables.FLOW_MARKS.name())).ifPresent(LayoutMigration::openedSome);
        }
        converted.forEach((table, earlier) -> {
            BpfMap copy = others.remove(table.name());
            if (copy != null) {
                earlier.copyTo(copy);
                copies.put(table.name(), copy);
            }
        });
        dropped.keySet()
                .forEach(name -> Optional.ofNullable(others.remove(name)).ifPresent(map -> copies.put(name, map)));
        BpfMap control = copies.get(Tables.CONTROL.name());
        if (control != null) {
            setLayoutVersion(control);
        }
        pins.stage(copies);
        return others;
    }

    /// Connections may have been opened that these counts do not know of: none of them says that there never was one.
    private static void openedSome(BpfMap marks) {
        try (var counts = new MappedArray<>(Tables.FLOW_MARKS.name(), Numbers.U32, marks.duplicate())) {
            for (int index = 0; index < counts.maxEntries(); index++) {
                counts.set(index, 1);
            }
        }
    }

    private static void setLayoutVersion(BpfMap control) {
        try (var array = new MappedArray<>(Tables.CONTROL.name(), Control.CODEC, control.duplicate())) {
            array.set(0, array.get(0).withLayoutVersion(Control.LAYOUT_VERSION));
        }
    }

    /// Once no program of the earlier layout runs: copies what they wrote meanwhile, and gives the copies the names of
    /// the earlier maps, `control` last.
    void finish(PinnedMaps pins) {
        converted.forEach((table, earlier) -> {
            if (WRITTEN_BY_PROGRAMS.contains(table)) {
                Optional.ofNullable(copies.get(table.name())).ifPresent(earlier::copyMissingTo);
            }
        });
        pins.commit(List.copyOf(copies.keySet()).reversed());
        dropped.values().forEach(BpfMap::close);
        converted.values().forEach(EarlierMap::close);
    }
}
