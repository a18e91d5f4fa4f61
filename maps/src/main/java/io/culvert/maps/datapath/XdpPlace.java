// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.XdpMode;
import java.util.Optional;

/// Where a device has the program before the stack.
///
/// @param refusal why the program is not in the driver, which has XDP but not for this device as it is; told when it is
/// attached, and not of one that was there before
public record XdpPlace(XdpMode mode, Optional<String> refusal) {

    /// In the mode that was asked for, or that will do.
    public static XdpPlace in(XdpMode mode) {
        return new XdpPlace(mode, Optional.empty());
    }
}
