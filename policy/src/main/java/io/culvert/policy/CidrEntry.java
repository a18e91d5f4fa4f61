// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.net.IpAddress;

/// One entry of the longest-prefix table, in the 16 bytes of the datapath: IPv4 lies below `::ffff:0:0/96`.
///
/// @param bits significant bits of the 16 bytes, 0 to 128
/// @param cidrClass of addresses that no longer entry holds; 0 for no block at all
public record CidrEntry(IpAddress address, int bits, int cidrClass) {}
