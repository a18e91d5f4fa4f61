// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What a comparison of the kernel's tables with what was written to them found.
///
/// @param compared false before the first complete update, when nothing is compared
/// @param counts of differences, by map; maps without one are absent
/// @param differences the first of them, [#LISTED] at most
/// @param remaining how many were left after the repair; all if there was none
/// @param failures of reading or of the repair, a line each
public record AuditReport(
        boolean compared,
        Map<String, Integer> counts,
        List<AuditDifference> differences,
        int remaining,
        List<String> failures,
        Duration took) {

    /// More differences than this are counted and not listed.
    public static final int LISTED = 1000;

    static final AuditReport NOTHING_COMPARED =
            new AuditReport(false, Map.of(), List.of(), 0, List.of(), Duration.ZERO);

    /// How many differences there were before the repair.
    public int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
