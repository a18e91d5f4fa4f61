// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

/// What a bridge knows of a station: the port behind which it is (an entry of its forwarding database).
///
/// @param bridge index of the bridge
/// @param port index of the port
/// @param address of the station
/// @param own whether it is an address of the port itself (`NUD_PERMANENT`), behind which nobody is
public record BridgeEntry(int bridge, int port, MacAddress address, boolean own) implements NetworkObject {}
