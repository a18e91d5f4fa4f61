// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.XdpMode;

/// Programs that are loaded once somebody needs them: most nodes start without, and they are a good part of what the
/// verifier has to do.
enum MorePrograms {
    POLICY("policy"),
    XDP("xdp"),
    XDP_GENERIC("xdp_generic");

    private final String object;

    MorePrograms(String object) {
        this.object = object;
    }

    String object() {
        return object;
    }

    /// That of a device which has it in this mode.
    static MorePrograms xdp(XdpMode mode) {
        return switch (mode) {
            case NATIVE -> XDP;
            case GENERIC -> XDP_GENERIC;
        };
    }
}
