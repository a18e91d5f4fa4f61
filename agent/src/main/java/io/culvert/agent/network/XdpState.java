// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.XdpMode;
import java.util.Optional;

/// How a device of the node has the program before the stack.
///
/// @param mode where it runs; empty: it does not
/// @param reason why not; empty where it does
public record XdpState(Optional<XdpMode> mode, String reason) {

    static XdpState in(XdpMode mode) {
        return new XdpState(Optional.of(mode), "");
    }

    static XdpState without(String reason) {
        return new XdpState(Optional.empty(), reason);
    }

    /// `native`, `generic` or `none`.
    @Override
    public String toString() {
        return mode.map(XdpMode::toString).orElse("none");
    }
}
