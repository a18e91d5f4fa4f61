// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.net.IpAddress;
import java.util.Optional;

/// What is known about a neighbour on a link (ARP, neighbour discovery).
///
/// @param link index of the interface
/// @param hardwareAddress empty while it is being asked for
/// @param state bits `NUD_*` of rtnetlink(7)
public record Neighbour(int link, IpAddress address, Optional<MacAddress> hardwareAddress, int state)
        implements NetworkObject {

    private static final int INCOMPLETE_OR_FAILED = 0x01 | 0x20;
    private static final int PERMANENT_OR_NOARP = 0x80 | 0x40;

    /// Whether somebody has set it, and the kernel asks nobody.
    public boolean set() {
        return (state & PERMANENT_OR_NOARP) != 0;
    }

    /// Whether packets can be sent to its hardware address, as far as the kernel knows.
    public boolean usable() {
        return hardwareAddress.isPresent() && (state & INCOMPLETE_OR_FAILED) == 0;
    }
}
