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
public record InterfaceAddress(int link, IpAddress address, int prefixLength, boolean global) implements NetworkObject {

    /// The block that is on the link.
    public IpPrefix prefix() {
        return new IpPrefix(address, prefixLength);
    }
}
