// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

/// How much the programs tell, by the names of Hubble: the more is aggregated, the fewer events there are.
public enum EventLevel {
    /// Nothing.
    OFF(0),
    /// Drops, verdicts of policies, connections that begin, and those translated that end.
    MAXIMUM(1),
    /// Also what answers to them, every FIN and RST, and the Services that sockets are given.
    MEDIUM(2),
    /// Every packet once.
    LOW(3),
    /// Every packet at each program.
    NONE(4);

    private final int number;

    EventLevel(int number) {
        this.number = number;
    }

    /// `EVENTS_*`
    public int number() {
        return number;
    }
}
