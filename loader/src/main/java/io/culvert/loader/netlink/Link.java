// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import java.util.Optional;
import java.util.OptionalInt;

/// A network interface.
///
/// @param index positive; unique in its namespace while the interface exists
/// @param kind the driver's name for it, such as `veth`, `bridge`, `dummy`, `vxlan`; empty for hardware and for `lo`
/// @param up whether it is administratively up (`IFF_UP`)
/// @param running whether it has carrier (`IFF_RUNNING`)
/// @param loopback whether it is the namespace's own loopback
/// @param mtu bytes
/// @param master index of the bridge or bond that it belongs to
/// @param peer index of the other end of a veth pair, or of the device that this one lies on; in namespace
/// `peerNamespace` if there is one, and in this one otherwise
/// @param peerNamespace this namespace's number for the peer's namespace (`IFLA_LINK_NETNSID`)
/// @param address empty where there is none or it is not of six bytes
/// @param plain whether frames go on through it at once and whatever station they are for: it has no queue, is no
/// isolated port of a bridge, and no bridge that tells VLANs apart
public record Link(
        int index,
        String name,
        String kind,
        boolean up,
        boolean running,
        boolean loopback,
        int mtu,
        OptionalInt master,
        OptionalInt peer,
        OptionalInt peerNamespace,
        Optional<MacAddress> address,
        boolean plain)
        implements NetworkObject {}
