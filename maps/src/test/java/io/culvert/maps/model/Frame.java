// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import java.util.HexFormat;

/// A packet at a hook.
///
/// @param bytes from the Ethernet header on
/// @param device index of the interface whose program it meets
/// @param cameFrom index of the interface that it came in by; 0: this node sends it
@SuppressWarnings("ArrayRecordComponent")
record Frame(Hook hook, byte[] bytes, int device, int cameFrom) {

    /// What programs count: from the network header on.
    int counted() {
        return bytes.length - Bytes.ETHERNET;
    }

    @Override
    public String toString() {
        return hook.program() + " device " + device + " from " + cameFrom + " "
                + HexFormat.of().formatHex(bytes);
    }
}
