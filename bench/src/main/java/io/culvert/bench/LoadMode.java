// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.List;

/// What a client of the load generator does with TCP.
enum LoadMode {

    /// One connection after the other: what a connection takes, most of which is waking who waits for the next packet.
    CRR("crr", "connections/s"),

    /// Eight of these at a time: what connections cost, because no processor waits.
    CRR8("crr8", "connections/s, eight at a time"),

    /// Round trips on one connection.
    RR("rr", "round trips/s"),

    /// The same on eight connections at a time.
    RR8("rr8", "round trips/s, eight at a time");

    static final List<LoadMode> ALL = List.of(values());

    private final String word;
    private final String unit;

    LoadMode(String word, String unit) {
        this.word = word;
        this.unit = unit;
    }

    /// As the load generator and tables of the page say it.
    @Override
    public String toString() {
        return word;
    }

    /// What its rates count.
    String unit() {
        return unit;
    }

    boolean connects() {
        return this == CRR || this == CRR8;
    }
}
