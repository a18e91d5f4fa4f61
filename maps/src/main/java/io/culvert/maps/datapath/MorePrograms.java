// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

/// Programs that are loaded once somebody needs them: most nodes start without, and they are a good part of what the
/// verifier has to do.
enum MorePrograms {
    POLICY("policy"),
    XDP("xdp");

    private final String object;

    MorePrograms(String object) {
        this.object = object;
    }

    String object() {
        return object;
    }
}
