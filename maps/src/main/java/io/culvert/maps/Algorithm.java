// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.Optional;

/// How a backend is chosen for a new connection. The numbers are `ALGORITHM_*` of `layout.h`.
public enum Algorithm {
    RANDOM(0, "random");

    private final int number;
    private final String text;

    Algorithm(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /// The number that programs know it by.
    public int number() {
        return number;
    }

    /// The algorithm with this number, or empty.
    public static Optional<Algorithm> ofNumber(int number) {
        return number == 0 ? Optional.of(RANDOM) : Optional.empty();
    }

    /// As users write it, for example `random`.
    @Override
    public String toString() {
        return text;
    }
}
