// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.net.Protocol;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A port as people type it: `80/TCP`, or `80`.
///
/// @param protocol empty if it was not given
record PortAndProtocol(int port, Optional<Protocol> protocol) {

    private static final Pattern TEXT = Pattern.compile("(?<port>[0-9]{1,5})(/(?<protocol>TCP|UDP|SCTP))?");

    static Optional<PortAndProtocol> parse(String text) {
        Matcher matcher = TEXT.matcher(text.toUpperCase(Locale.ROOT));
        if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > 0xffff) {
            return Optional.empty();
        }
        return Optional.of(new PortAndProtocol(
                Integer.parseInt(matcher.group("port")),
                Optional.ofNullable(matcher.group("protocol")).map(Protocol::valueOf)));
    }
}
