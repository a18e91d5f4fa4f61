// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;

/// An address of an interface.
///
/// @param link index of the interface
/// @param address the interface's own address, also on a point-to-point link
/// @param prefixLength in the family's own count
/// @param global whether it is valid beyond the link and the host (scope `global`)
/// @param preferred whether the kernel chooses it as a source by itself: neither secondary, temporary, deprecated, nor
/// still being checked for duplicates
public record InterfaceAddress(int link, IpAddress address, int prefixLength, boolean global, boolean preferred)
        implements NetworkObject {

    /// The block that is on the link.
    public IpPrefix prefix() {
        return new IpPrefix(address, prefixLength);
    }
}
