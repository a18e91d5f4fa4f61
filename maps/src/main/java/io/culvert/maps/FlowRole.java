// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.Optional;

/// Which side of a translation an entry of `flows` is keyed by. The numbers are `FLOW_FORWARD`, `FLOW_REPLY` and
/// `FLOW_MASQUERADE`.
public enum FlowRole {
    /// Keyed by {client, service}.
    FORWARD(0),
    /// Keyed by {source, backend}.
    REPLY(1),
    /// Keyed by {masquerade, backend}.
    MASQUERADE(2);

    private final int number;

    FlowRole(int number) {
        this.number = number;
    }

    /// The number that programs know it by.
    public int number() {
        return number;
    }

    /// The role with this number, or empty.
    public static Optional<FlowRole> ofNumber(int number) {
        return switch (number) {
            case 0 -> Optional.of(FORWARD);
            case 1 -> Optional.of(REPLY);
            case 2 -> Optional.of(MASQUERADE);
            default -> Optional.empty();
        };
    }
}
