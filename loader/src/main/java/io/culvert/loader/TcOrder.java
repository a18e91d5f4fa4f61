// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// Where a tc program goes among those of others that are there when it is attached.
public enum TcOrder {
    /// What must run whatever others decide: a program that ends with `TC_ACT_OK` keeps all behind it from running.
    BEFORE_OTHERS(1 << 3),
    /// What others may keep from running.
    AFTER_OTHERS(0);

    private final int flags;

    TcOrder(int flags) {
        this.flags = flags;
    }

    /// `BPF_F_BEFORE` of linux/bpf.h, or nothing: without a program that it is relative to, the one is the first of all
    /// and the other the last.
    int flags() {
        return flags;
    }
}
