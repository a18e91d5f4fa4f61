// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;

/// One end of a connection as getsockname(2), getpeername(2) or recvfrom(2) tell it; an IPv4-mapped address is IPv4.
public record SocketName(IpAddress address, int port) {

    @Override
    public String toString() {
        return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
    }
}
