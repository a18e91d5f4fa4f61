// SPDX-License-Identifier: Apache-2.0
package io.culvert.net;

import java.util.Optional;

/// A transport protocol that a Service port can have. The name is the Kubernetes API's; the number is IANA's.
public enum Protocol {
    TCP(6),
    UDP(17),
    SCTP(132);

    private final int number;

    Protocol(int number) {
        this.number = number;
    }

    /// The IP protocol number.
    public int number() {
        return number;
    }

    /// The protocol with this IANA number, or empty if Services cannot have it.
    public static Optional<Protocol> ofNumber(int number) {
        return switch (number) {
            case 6 -> Optional.of(TCP);
            case 17 -> Optional.of(UDP);
            case 132 -> Optional.of(SCTP);
            default -> Optional.empty();
        };
    }
}
