// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.BpfMap;
import io.culvert.maps.ExtentReader.Reading;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/// The maps of a catalogue for people.
final class MapTexts {

    private final MapCatalogue catalogue;

    MapTexts(MapCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    List<MapSummary> list() {
        List<MapSummary> list = new ArrayList<>();
        for (Table<?, ?> table : Tables.ALL) {
            catalogue.map(table).ifPresent(map -> list.add(summary(table, map)));
        }
        return list;
    }

    private MapSummary summary(Table<?, ?> table, BpfMap map) {
        return new MapSummary(
                table.name(),
                map.info().type().name(),
                used(table, map.info().maxEntries()),
                map.info().maxEntries(),
                map.info().keySize(),
                map.info().valueSize(),
                table.growable(),
                Tables.configurationKey(table.name()));
    }

    private OptionalInt used(Table<?, ?> table, int maxEntries) {
        return switch (table.kind()) {
            case SOCKET_STORAGE, PROGRAMS, DEVICES, RING -> OptionalInt.empty();
            case HASH -> OptionalInt.of(catalogue.hash(table).count());
            case MAPPED_ARRAY ->
                OptionalInt.of(
                        table.equals(Tables.OPENED) ? noted() : dump(table).size());
            // An entry may be shown as a line for each processor.
            case PER_CPU_ARRAY -> OptionalInt.of(Math.min(dump(table).size(), maxEntries));
        };
    }

    List<MapEntry> dump(Table<?, ?> table) {
        return switch (table.name()) {
            case "services" -> services();
            case "slots" -> slots();
            case "backends" -> backends();
            case "backend_loads" -> loads();
            case "control" ->
                List.of(new MapEntry("0", catalogue.control().get(0).toString()));
            case "drops" -> drops();
            case "reject_bucket" -> rejectBucket();
            case "source_port_probes" -> probes();
            case "opened" -> opened();
            case "opened_ring" ->
                List.of(new MapEntry("0", catalogue.openedRing().toString()));
            case "event_control" ->
                List.of(new MapEntry("0", catalogue.events().control().get(0).toString()));
            case "event_losses" -> losses();
            default -> table.kind() == Table.Kind.HASH ? hash(table) : new PolicyMapTexts(catalogue).dump(table);
        };
    }

    private <K, V> List<MapEntry> hash(Table<K, V> table) {
        List<MapEntry> entries = new ArrayList<>();
        catalogue
                .hash(table)
                .map()
                .batches()
                .forEach((key, value) -> entries.add(new MapEntry(text(table.key(), key), text(table.value(), value))));
        entries.sort(Comparator.comparing(MapEntry::key));
        return entries;
    }

    /// What another program or a broken one left is shown as bytes, beside the reason.
    private static <T> String text(Codec<T> codec, MemorySegment memory) {
        try {
            return String.valueOf(codec.read(memory, 0));
        } catch (CorruptRecordException e) {
            return HexFormat.of().formatHex(memory.toArray(ValueLayout.JAVA_BYTE)) + " (unreadable: " + e.getMessage()
                    + ")";
        }
    }

    private List<MapEntry> services() {
        ExtentReader extents = catalogue.extents();
        List<MapEntry> entries = new ArrayList<>();
        for (int service = 0; service < extents.capacity(); service++) {
            ServiceWord word = extents.word(service);
            if (!word.equals(ServiceWord.NONE)) {
                entries.add(new MapEntry("service " + service, word.toString()));
            }
        }
        return entries;
    }

    /// Slots that extents hold, as header and backends; what is free is not shown.
    private List<MapEntry> slots() {
        ExtentReader extents = catalogue.extents();
        List<MapEntry> entries = new ArrayList<>();
        for (int service = 0; service < extents.capacity(); service++) {
            switch (extents.read(service)) {
                case Reading.Nothing nothing -> {}
                case Reading.Corrupt corrupt ->
                    entries.add(new MapEntry(
                            "slot " + corrupt.word().start(),
                            "service " + service + " unreadable: " + corrupt.reason()));
                case Reading.Published published -> add(entries, published);
            }
        }
        return entries;
    }

    private static void add(List<MapEntry> entries, Reading.Published published) {
        long slot = published.word().start();
        entries.add(new MapEntry(
                "slot " + slot++, ExtentHeader.of(published.extent()).toString()));
        for (Backend backend : published.extent().backends()) {
            entries.add(new MapEntry("slot " + slot++, backend.toString()));
        }
        if (published.extent().tables().isPresent()) {
            ExtentTables tables = published.extent().tables().get();
            entries.add(new MapEntry("slot " + slot, "cluster: " + tables.cluster() + ", local: " + tables.local()));
        }
    }

    private List<MapEntry> backends() {
        MappedArray<PublishedBackend> backends = catalogue.backends();
        List<MapEntry> entries = new ArrayList<>();
        for (int index = 1; index < backends.maxEntries(); index++) {
            PublishedBackend backend = backends.get(index);
            if (BackendIds.index(backend.id()) != 0) {
                entries.add(new MapEntry("backend " + index, backend.toString()));
            }
        }
        return entries;
    }

    private List<MapEntry> loads() {
        MappedArray<BackendLoad> loads = catalogue.backendLoads();
        List<MapEntry> entries = new ArrayList<>();
        for (int index = 1; index < loads.maxEntries(); index++) {
            BackendLoad load = loads.get(index);
            if (load.flows().id() != 0 || load.sockets().id() != 0) {
                entries.add(new MapEntry("backend " + index, load.toString()));
            }
        }
        return entries;
    }

    private List<MapEntry> drops() {
        List<MapEntry> entries = new ArrayList<>();
        for (int number = 0; number < catalogue.drops().maxEntries(); number++) {
            PacketCount sum = catalogue.drops().get(number).stream().reduce(PacketCount.ZERO, PacketCount::plus);
            if (!sum.equals(PacketCount.ZERO)) {
                String reason =
                        DropReason.ofNumber(number).map(DropReason::name).orElse("reason " + number);
                entries.add(new MapEntry(reason, sum.toString()));
            }
        }
        return entries;
    }

    private List<MapEntry> rejectBucket() {
        List<TokenBucket> buckets = catalogue.perCpuArray(Tables.REJECT_BUCKET).get(0);
        List<MapEntry> entries = new ArrayList<>();
        for (int cpu = 0; cpu < buckets.size(); cpu++) {
            entries.add(new MapEntry("cpu " + cpu, buckets.get(cpu).toString()));
        }
        return entries;
    }

    /// The oldest first.
    private List<MapEntry> opened() {
        MappedArray<FlowKey> opened = catalogue.opened();
        long next = catalogue.openedRing().opened();
        List<MapEntry> entries = new ArrayList<>();
        for (long place = Math.max(0, next - opened.maxEntries()); place < next; place++) {
            ArrayMemory.View view = opened.memory().view();
            long offset = view.offset((int) (place % opened.maxEntries()));
            MemorySegment key = view.memory().asSlice(offset, FlowKey.CODEC.size());
            entries.add(new MapEntry("connection " + place, text(FlowKey.CODEC, key)));
        }
        return entries;
    }

    private int noted() {
        return (int)
                Math.min(catalogue.openedRing().opened(), catalogue.opened().maxEntries());
    }

    private List<MapEntry> probes() {
        List<MapEntry> entries = new ArrayList<>();
        for (int taken = 0; taken <= Tables.SOURCE_PORT_PROBES; taken++) {
            long count = catalogue.sourcePortProbes().get(taken).stream()
                    .mapToLong(Long::longValue)
                    .sum();
            if (count > 0) {
                String ports = taken == Tables.SOURCE_PORT_PROBES ? "none of " + taken + " free" : taken + " taken";
                entries.add(new MapEntry(ports, count + " connections"));
            }
        }
        return entries;
    }

    private List<MapEntry> losses() {
        List<MapEntry> entries = new ArrayList<>();
        for (EventKind kind : EventKind.values()) {
            long lost = catalogue.events().lost(kind);
            if (lost > 0) {
                entries.add(new MapEntry(kind.name(), lost + " events"));
            }
        }
        return entries;
    }
}
