// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// Where an XDP program runs (`XDP_FLAGS_*` of linux/if_link.h).
public enum XdpMode {
    /// In the driver, before the kernel has made an skb of the packet.
    NATIVE(1 << 2),
    /// After that, for drivers without XDP: correct, but no faster than tc.
    GENERIC(1 << 1);

    private final int flag;

    XdpMode(int flag) {
        this.flag = flag;
    }

    int flag() {
        return flag;
    }

    /// `native` or `generic`.
    @Override
    public String toString() {
        return this == NATIVE ? "native" : "generic";
    }
}
