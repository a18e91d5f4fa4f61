// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// What an update does about an entry that exists (`BPF_ANY`, `BPF_NOEXIST`, `BPF_EXIST`).
public enum UpdateMode {
    /// Creates or replaces.
    ANY,
    /// Creates; EEXIST if there is one.
    CREATE,
    /// Replaces; ENOENT if there is none.
    REPLACE;

    long flag() {
        return switch (this) {
            case ANY -> 0;
            case CREATE -> 1;
            case REPLACE -> 2;
        };
    }
}
