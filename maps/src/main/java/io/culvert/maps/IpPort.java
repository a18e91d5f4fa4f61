// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.net.IpAddress;

/// One end of a connection.
///
/// @param port 0 to 65535
public record IpPort(IpAddress address, int port) {

    public IpPort {
        requirePort(port);
    }

    static void requirePort(int port) {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("not a port: " + port);
        }
    }

    /// `10.0.0.1:80` or `[fd00::1]:80`.
    @Override
    public String toString() {
        return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
    }
}
