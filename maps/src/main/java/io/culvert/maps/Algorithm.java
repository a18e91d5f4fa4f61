// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.Arrays;
import java.util.Optional;

/// How a backend is chosen for a new connection. The numbers are `ALGORITHM_*` of `layout.h`; short names are
/// those of IPVS, where it has the algorithm.
public enum Algorithm {
    /// Any, or each as often as its weight says.
    RANDOM(0, "random", ""),
    /// One after the other.
    ROUND_ROBIN(1, "round-robin", "rr"),
    /// One after the other, each as often as its weight says.
    WEIGHTED_ROUND_ROBIN(2, "weighted-round-robin", "wrr"),
    /// To whom has the fewest open connections.
    LEAST_CONNECTION(3, "least-connection", "lc"),
    /// To whom has the fewest for its weight.
    WEIGHTED_LEAST_CONNECTION(4, "weighted-least-connection", "wlc"),
    /// By the address of the client.
    SOURCE_HASH(5, "source-hash", "sh"),
    /// By the address that the client dialled.
    DESTINATION_HASH(6, "destination-hash", "dh"),
    /// To whom would have the fewest for its weight with this one.
    SHORTEST_EXPECTED_DELAY(7, "shortest-expected-delay", "sed"),
    /// To anyone who has none, else as [#SHORTEST_EXPECTED_DELAY].
    NEVER_QUEUE(8, "never-queue", "nq"),
    /// By both ends of the connection, and so that few of them move when a backend comes or goes.
    MAGLEV(9, "maglev", ""),
    /// To whom of two has the fewest for its weight.
    POWER_OF_TWO(10, "power-of-two", "p2c");

    private final int number;
    private final String text;
    private final String shortName;

    Algorithm(int number, String text, String shortName) {
        this.number = number;
        this.text = text;
        this.shortName = shortName;
    }

    /// The number that programs know it by.
    public int number() {
        return number;
    }

    /// Whether open connections are counted for it.
    public boolean countsConnections() {
        return switch (this) {
            case LEAST_CONNECTION, WEIGHTED_LEAST_CONNECTION, SHORTEST_EXPECTED_DELAY, NEVER_QUEUE, POWER_OF_TWO ->
                true;
            case RANDOM, ROUND_ROBIN, WEIGHTED_ROUND_ROBIN, SOURCE_HASH, DESTINATION_HASH, MAGLEV -> false;
        };
    }

    /// The algorithm with this number, or empty.
    public static Optional<Algorithm> ofNumber(int number) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.number == number)
                .findFirst();
    }

    /// The algorithm that users call this, by its name or short name, or empty.
    public static Optional<Algorithm> named(String name) {
        return Arrays.stream(values())
                .filter(algorithm ->
                        algorithm.text.equals(name) || (!name.isEmpty() && algorithm.shortName.equals(name)))
                .findFirst();
    }

    /// As users write it, for example `random`.
    @Override
    public String toString() {
        return text;
    }
}
