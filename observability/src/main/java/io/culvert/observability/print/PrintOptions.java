// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

/// How flows are shown.
///
/// @param nodeName whether the node is shown
/// @param policyNames whether policies are shown that decided
/// @param numeric whether addresses are shown in place of names
/// @param colour whether escape sequences of terminals are used
public record PrintOptions(TimeFormat time, boolean nodeName, boolean policyNames, boolean numeric, boolean colour) {

    /// As `hubble observe` shows flows where nothing is said.
    public static final PrintOptions PLAIN = new PrintOptions(TimeFormat.STAMP_MILLI, false, false, false, false);
}
