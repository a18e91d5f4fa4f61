// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

/// Something that a network namespace has.
public sealed interface NetworkObject permits Link, InterfaceAddress, Route, Neighbour, BridgeEntry {}
