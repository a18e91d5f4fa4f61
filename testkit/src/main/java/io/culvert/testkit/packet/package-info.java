// SPDX-License-Identifier: Apache-2.0
/// Packets for tests: built header by header ([PacketBuilder]), read back ([PacketView]) and compared with messages
/// that name the field ([PacketAssert]). All numbers are in host order; the bytes are in network order.
@NullMarked
package io.culvert.testkit.packet;

import org.jspecify.annotations.NullMarked;
