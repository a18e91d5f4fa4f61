// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

/// What programs must know of a frontend before they choose. The bits are `FRONTEND_*` of `layout.h`.
public enum FrontendFlag {
    /// Of a ClusterIP: every client is given backends of the local set. Of the other types: clients outside of the
    /// cluster are; pods and this node use the cluster set.
    LOCAL_SET(1, "local set"),
    /// Only clients in `source_ranges` are served.
    SOURCE_RANGES(1 << 1, "source ranges"),
    /// Sockets of pods are left to the packet path, which sees the client's address.
    NEEDS_CLIENT(1 << 2, "needs client"),
    /// Clients outside are answered by the backend itself, whichever node it is on.
    DSR(1 << 3, "dsr");

    private final int bit;
    private final String text;

    FrontendFlag(int bit, String text) {
        this.bit = bit;
        this.text = text;
    }

    /// The bit in `frontend.flags`.
    public int bit() {
        return bit;
    }

    @Override
    public String toString() {
        return text;
    }
}
