// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import java.time.Duration;

/// What one pass of [ConntrackGc] did.
///
/// @param entries how many it saw
/// @param removed how many it removed
/// @param more whether it stopped at its bound: another pass finds more to remove
public record GcPass(int entries, int removed, boolean more, Duration took) {

    static final GcPass NONE = new GcPass(0, 0, false, Duration.ZERO);
}
