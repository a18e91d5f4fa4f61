// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.net.Protocol;
import java.util.Locale;

/// A protocol by IANA's number, and a destination port.
public record Traffic(int protocol, int port) {

    /// Of `tcp/80`, `icmp`.
    public static Traffic of(String text) {
        int slash = text.indexOf('/');
        if (text.equals("icmp")) {
            return new Traffic(1, 0);
        }
        Protocol protocol = Protocol.valueOf(text.substring(0, slash).toUpperCase(Locale.ROOT));
        return new Traffic(protocol.number(), Integer.parseInt(text.substring(slash + 1)));
    }
}
