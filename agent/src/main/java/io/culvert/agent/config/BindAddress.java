// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.net.IpAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Where a server listens.
public sealed interface BindAddress {

    /// It does not.
    record Off() implements BindAddress {
        @Override
        public String toString() {
            return "off";
        }
    }

    /// @param port 0 to 65535; 0 lets the kernel choose
    record Endpoint(IpAddress address, int port) implements BindAddress {

        public InetSocketAddress toSocketAddress() {
            return new InetSocketAddress(address.toInetAddress(), port);
        }

        @Override
        public String toString() {
            return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
        }
    }

    /// Reads `off`, `a.b.c.d:port`, `[v6]:port` or `:port` (all addresses of both families).
    static Optional<BindAddress> parse(String text) {
        String value = text.strip();
        if (value.equals("off")) {
            return Optional.of(new Off());
        }
        int colon = value.lastIndexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        return port(value.substring(colon + 1))
                .flatMap(port -> address(value.substring(0, colon)).map(address -> new Endpoint(address, port)));
    }

    private static Optional<IpAddress> address(String text) {
        if (text.isEmpty()) {
            return Optional.of(IpAddress.UNSPECIFIED);
        }
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        String inner = bracketed ? text.substring(1, text.length() - 1) : text;
        return bracketed == inner.contains(":") ? IpAddress.parse(inner) : Optional.empty();
    }

    private static Optional<Integer> port(String text) {
        return text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65535
                ? Optional.of(Integer.parseInt(text))
                : Optional.empty();
    }
}
