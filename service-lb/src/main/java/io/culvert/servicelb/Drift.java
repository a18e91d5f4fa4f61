// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.AddressKey;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.SourceRangeKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What one look at the kernel's tables found to be different, and what must be written to put it right.
final class Drift {

    final Map<String, Integer> counts = new TreeMap<>();
    final List<AuditDifference> differences = new ArrayList<>();
    final List<String> failures = new ArrayList<>();

    /// Ids to publish again.
    final List<Integer> lostBackends = new ArrayList<>();
    /// Indexes without an extent of ours.
    final List<Integer> foreignServices = new ArrayList<>();
    /// Extents to publish again.
    final List<Extent> lostExtents = new ArrayList<>();

    final List<SourceRangeKey> lostRanges = new ArrayList<>();
    final Map<AddressKey, Integer> lostAddresses = new LinkedHashMap<>();
    final Map<FrontendKey, Frontend> lostFrontends = new LinkedHashMap<>();
    final List<FrontendKey> foreignFrontends = new ArrayList<>();
    final List<SourceRangeKey> foreignRanges = new ArrayList<>();
    final List<AddressKey> foreignAddresses = new ArrayList<>();
    final List<Integer> foreignBackends = new ArrayList<>();

    void add(String map, Object key, Object expected, Object found) {
        counts.merge(map, 1, Integer::sum);
        if (differences.size() < AuditReport.LISTED) {
            differences.add(AuditDifference.of(map, key, expected, found));
        }
    }

    int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
