// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.Optional;

/// What algorithms other than plain chance go by, one table for each set. Behind the backends of an extent lies
/// a slot that says where its entries are, and behind that the entries, local ones last.
///
/// Programs count in that slot, too: it is no part of what is compared.
public record ExtentTables(SelectionTable cluster, SelectionTable local) {

    static final int SLOT_ENTRIES = 16;

    /// Round robin, which only counts.
    public static final ExtentTables POSITIONS = new ExtentTables(SelectionTable.EMPTY, SelectionTable.EMPTY);

    private static final StructLayout TABLE = CTypes.struct(
            "extent_table",
            CTypes.U32.withName("first"),
            CTypes.U32.withName("entries"),
            CTypes.U64.withName("position"));
    private static final StructLayout LAYOUT =
            CTypes.struct("extent_tables", TABLE.withName("cluster"), TABLE.withName("local"));
    private static final long CLUSTER = CTypes.offset(LAYOUT, "cluster");
    private static final long LOCAL = CTypes.offset(LAYOUT, "local");
    private static final long FIRST = CTypes.offset(TABLE, "first");
    private static final long ENTRIES = CTypes.offset(TABLE, "entries");
    private static final long POSITION = CTypes.offset(TABLE, "position");

    /// More entries than any table has.
    private static final int MOST = 1 << 20;

    static MemoryLayout layout() {
        return LAYOUT;
    }

    /// How many connections each set was given by turns.
    record Positions(long cluster, long local) {

        static final Positions ZERO = new Positions(0, 0);
    }

    /// How many slots they take, behind the backends.
    int slots() {
        return 1 + slots(cluster.size()) + slots(local.size());
    }

    private static int slots(int entries) {
        return (entries + SLOT_ENTRIES - 1) / SLOT_ENTRIES;
    }

    /// Whether every entry is a place in its set.
    boolean fit(int clusterCount, int localCount) {
        return cluster.fits(clusterCount) && local.fits(localCount);
    }

    /// @param header slot of the header
    /// @param backends that lie between
    /// @param positions where turns go on
    void write(ArrayMemory.View view, int header, int backends, Positions positions) {
        int own = header + 1 + backends;
        MemorySegment memory = view.memory();
        CTypes.clear(memory, view.offset(own), LAYOUT);
        int localFirst = own + 1 + slots(cluster.size());
        writeTable(view, view.offset(own) + CLUSTER, own + 1 - header, cluster, positions.cluster);
        writeTable(view, view.offset(own) + LOCAL, localFirst - header, local, positions.local);
        writeEntries(view, own + 1, cluster);
        writeEntries(view, localFirst, local);
    }

    private static void writeTable(ArrayMemory.View view, long at, int first, SelectionTable table, long position) {
        view.memory().set(CTypes.U32, at + FIRST, first);
        view.memory().set(CTypes.U32, at + ENTRIES, table.size());
        view.memory().set(CTypes.U64, at + POSITION, position);
    }

    private static void writeEntries(ArrayMemory.View view, int slot, SelectionTable table) {
        for (int i = 0; i < table.size(); i++) {
            view.memory().set(CTypes.U16, entry(view, slot, i), (short) table.place(i));
        }
    }

    private static long entry(ArrayMemory.View view, int slot, int entry) {
        return view.offset(slot + entry / SLOT_ENTRIES) + (long) entry % SLOT_ENTRIES * Short.BYTES;
    }

    /// The tables of an extent, or empty if what lies there is none.
    static Optional<ExtentTables> read(ArrayMemory.View view, int header, int backends) {
        int own = header + 1 + backends;
        if (own >= view.entries()) {
            return Optional.empty();
        }
        return readTable(view, view.offset(own) + CLUSTER, header, own + 1)
                .flatMap(cluster -> readTable(view, view.offset(own) + LOCAL, header, own + 1 + slots(cluster.size()))
                        .map(local -> new ExtentTables(cluster, local)));
    }

    private static Optional<SelectionTable> readTable(ArrayMemory.View view, long at, int header, int expected) {
        int first = view.memory().get(CTypes.U32, at + FIRST);
        int entries = view.memory().get(CTypes.U32, at + ENTRIES);
        if (first != expected - header
                || entries < 0
                || entries > MOST
                || (long) expected + slots(entries) > view.entries()) {
            return Optional.empty();
        }
        int[] places = new int[entries];
        for (int i = 0; i < entries; i++) {
            places[i] = Short.toUnsignedInt(view.memory().get(CTypes.U16, entry(view, expected, i)));
        }
        return Optional.of(SelectionTable.of(places));
    }

    /// Where turns are, of an extent that has tables.
    static Positions positions(ArrayMemory.View view, int header, int backends) {
        long own = view.offset(header + 1 + backends);
        return new Positions(
                view.memory().get(CTypes.U64, own + CLUSTER + POSITION),
                view.memory().get(CTypes.U64, own + LOCAL + POSITION));
    }
}
