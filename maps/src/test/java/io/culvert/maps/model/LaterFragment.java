// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.FragmentKey;
import io.culvert.net.IpAddress;

/// A fragment that is not the first: it has no ports.
///
/// @param protocol as it states it
/// @param payload where what it carries begins
record LaterFragment(boolean v4, IpAddress source, IpAddress destination, int protocol, int id, int payload) {

    FragmentKey key() {
        return key(v4, source, destination, id, protocol);
    }

    /// IPv6 datagrams are told by their id alone (RFC 8200, 4.5).
    static FragmentKey key(boolean v4, IpAddress source, IpAddress destination, int id, int protocol) {
        return new FragmentKey(source, destination, id, v4 ? protocol : 0);
    }
}
