// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.Arrays;

/// Which backend of a set is next, or has which part of all keys: places in the set, 0 to 65,535. Immutable.
public final class SelectionTable {

    /// No entries: round robin counts through the backends themselves.
    public static final SelectionTable EMPTY = new SelectionTable(new short[0]);

    /// More backends than this have no table.
    public static final int MAX_BACKENDS = 1 << 16;

    private final short[] places;

    private SelectionTable(short[] places) {
        this.places = places;
    }

    /// @param places each 0 to 65,535
    public static SelectionTable of(int[] places) {
        short[] narrow = new short[places.length];
        for (int i = 0; i < places.length; i++) {
            if (places[i] < 0 || places[i] >= MAX_BACKENDS) {
                throw new IllegalArgumentException("not a place in a set: " + places[i]);
            }
            narrow[i] = (short) places[i];
        }
        return places.length == 0 ? EMPTY : new SelectionTable(narrow);
    }

    /// How many entries there are.
    public int size() {
        return places.length;
    }

    /// The place in the set that an entry says.
    public int place(int entry) {
        return Short.toUnsignedInt(places[entry]);
    }

    /// How many entries say each place.
    ///
    /// @param backends in the set
    public int[] shares(int backends) {
        int[] shares = new int[backends];
        for (short place : places) {
            shares[Short.toUnsignedInt(place)]++;
        }
        return shares;
    }

    /// Whether every entry is a place in a set of that many backends.
    boolean fits(int backends) {
        for (short place : places) {
            if (Short.toUnsignedInt(place) >= backends) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SelectionTable table && Arrays.equals(places, table.places);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(places);
    }

    /// For example `table of 65537`.
    @Override
    public String toString() {
        return "table of " + places.length;
    }
}
