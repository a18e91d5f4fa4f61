// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where somebody answers: a Unix socket, or a host and port with or without TLS.
///
/// @param socket null: `host` and `port` instead
/// @param tls whether whoever answers is asked for a certificate
public record ObserverAddress(@Nullable Path socket, String host, int port, boolean tls) {

    private static final Pattern HOST = Pattern.compile(
            "(?:(?<scheme>tls|tcp)://)?(?:\\[(?<v6>[0-9a-fA-F:.]+)]|(?<host>[^:/\\[\\]]+)):(?<port>[0-9]{1,5})");

    /// As `--server` has it: `unix:///run/culvert/hubble.sock`, `localhost:4245`, `tls://relay:443`.
    ///
    /// @throws ObserveException if it is none of these
    public static ObserverAddress parse(String text) {
        if (text.startsWith("unix:")) {
            String path = text.substring("unix:".length());
            return new ObserverAddress(Path.of(path.startsWith("//") ? path.substring(2) : path), "", 0, false);
        }
        Matcher matcher = HOST.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > 0xffff) {
            throw new ObserveException("--server " + text
                    + ": no address; write unix:///run/culvert/hubble.sock, HOST:PORT or tls://HOST:PORT");
        }
        String host = matcher.group("v6") == null ? matcher.group("host") : matcher.group("v6");
        return new ObserverAddress(
                null, host, Integer.parseInt(matcher.group("port")), "tls".equals(matcher.group("scheme")));
    }

    public static ObserverAddress of(Path socket) {
        return new ObserverAddress(socket, "", 0, false);
    }

    /// As [#parse] takes it.
    @Override
    public String toString() {
        if (socket != null) {
            return "unix://" + socket;
        }
        return (tls ? "tls://" : "") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
