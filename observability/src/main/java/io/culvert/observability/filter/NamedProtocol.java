// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.observability.api.flow.Layer4;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Protocols that filters know.
enum NamedProtocol {
    TCP(Layer4.ProtocolCase.TCP, 6),
    UDP(Layer4.ProtocolCase.UDP, 17),
    ICMPV4(Layer4.ProtocolCase.ICMPV4, 1),
    ICMPV6(Layer4.ProtocolCase.ICMPV6, 58),
    SCTP(Layer4.ProtocolCase.SCTP, 132),
    VRRP(Layer4.ProtocolCase.VRRP, 112),
    IGMP(Layer4.ProtocolCase.IGMP, 2);

    private final Layer4.ProtocolCase message;
    private final int number;

    NamedProtocol(Layer4.ProtocolCase message, int number) {
        this.message = message;
        this.number = number;
    }

    Layer4.ProtocolCase message() {
        return message;
    }

    /// That of IANA.
    int number() {
        return number;
    }

    /// What a value of a filter means; those above these mean nothing, since Culvert does not look so deep into
    /// packets.
    ///
    /// @throws MalformedFilterException if there is no such protocol
    static Set<NamedProtocol> of(String field, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "icmp" -> EnumSet.of(ICMPV4, ICMPV6);
            case "dns", "http", "kafka" -> EnumSet.noneOf(NamedProtocol.class);
            default -> EnumSet.of(named(field, value));
        };
    }

    private static NamedProtocol named(String field, String value) {
        Set<String> known = new TreeSet<>(Set.of("icmp", "dns", "http", "kafka"));
        for (NamedProtocol protocol : values()) {
            if (protocol.name().equalsIgnoreCase(value)) {
                return protocol;
            }
            known.add(protocol.name().toLowerCase(Locale.ROOT));
        }
        throw MalformedFilterException.of(field, value, "no such protocol; known are " + String.join(", ", known));
    }
}
