// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.util.List;

/// Frames that arrive at `eth0` of a lab host, whatever its sockets make of them: what a pod was sent, and not only
/// what it answered.
public final class Capture extends OpenSocket {

    Capture(LabSockets sockets, int handle) {
        super(sockets, handle);
    }

    /// The IP frames that arrived since this was asked last, in their order; without neighbour discovery and redirects.
    /// Checksums of frames from this machine may be unfinished (checksum offload of veth).
    public List<byte[]> frames() {
        return sockets().captured(handle());
    }
}
