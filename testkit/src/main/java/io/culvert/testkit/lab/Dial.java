// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whom a client talks to, and how.
///
/// @param host an address literal; its form chooses the socket's family, so `::ffff:10.96.0.10` is an IPv6 socket
/// @param bindAddress what the socket is bound to before it connects or sends
/// @param bindPort 0: any
/// @param patience how long each step may take before it fails with the errno `TIMEOUT`
public record Dial(String host, int port, @Nullable String bindAddress, int bindPort, Duration patience) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    public static Dial to(String host, int port) {
        return new Dial(host, port, null, 0, PATIENCE);
    }

    public static Dial to(IpAddress address, int port) {
        return to(address.toString(), port);
    }

    /// Through an IPv6 socket, an IPv4 address in its mapped form (RFC 3493 section 3.7).
    public Dial mapped() {
        return new Dial("::ffff:" + host, port, bindAddress, bindPort, patience);
    }

    /// Bound before it connects.
    public Dial from(String address, int sourcePort) {
        return new Dial(host, port, address, sourcePort, patience);
    }

    public Dial within(Duration time) {
        return new Dial(host, port, bindAddress, bindPort, time);
    }
}
