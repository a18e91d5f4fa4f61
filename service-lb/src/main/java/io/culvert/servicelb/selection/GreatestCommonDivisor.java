// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.selection;

/// The largest number that divides two others.
public final class GreatestCommonDivisor {

    private GreatestCommonDivisor() {}

    /// @param a at least 0
    /// @param b at least 0; every number divides 0
    public static long of(long a, long b) {
        return b == 0 ? a : of(b, a % b);
    }
}
