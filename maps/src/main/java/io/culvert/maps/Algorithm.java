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
    /// By the address of the client.
    SOURCE_HASH(5, "source-hash", "sh"),
    /// By the address that the client dialled.
    DESTINATION_HASH(6, "destination-hash", "dh"),
    /// By both ends of the connection, and so that few of them move when a backend comes or goes.
    MAGLEV(9, "maglev", "");

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
