// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.net.Protocol;

/// Reads fields that Services and EndpointSlices have in common.
final class Ports {

    static final int HIGHEST = 65_535;

    private Ports() {}

    /// `protocol`, TCP where it is absent.
    static Protocol protocol(Fields fields) {
        String text = fields.text("protocol").orElse("TCP");
        return switch (text) {
            case "TCP" -> Protocol.TCP;
            case "UDP" -> Protocol.UDP;
            case "SCTP" -> Protocol.SCTP;
            default -> throw fields.invalid("protocol", "\"" + text + "\" is not a protocol", "use TCP, UDP or SCTP");
        };
    }

    /// A port, or 0 where the field is absent or 0 itself.
    static int optional(Fields fields, String key) {
        return fields.number(key, 0, 0, HIGHEST, "a port");
    }
}
