// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.LpmKey;
import io.culvert.maps.SourceRangeKey;
import io.culvert.net.IpPrefix;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Keeps the client ranges of service indexes. What is wanted is added before frontends ask for it, and what is not
/// is removed after they do, so that every client is judged by the ranges of before or of after.
final class SourceRangeWriter {

    private final ServiceTables tables;

    SourceRangeWriter(ServiceTables tables) {
        this.tables = tables;
    }

    /// Adds what is missing.
    void add(ProgrammedPort port, List<IpPrefix> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        Set<LpmKey> missing = keys(wanted);
        missing.removeIf(port::hasSourceRange);
        if (!missing.isEmpty()) {
            // Whatever a write does that fails, what it may have written is removed in the end.
            port.mayHaveSourceRanges(missing);
            tables.putSourceRanges(keys(port, missing));
            port.hasSourceRanges(missing);
        }
    }

    /// Removes all that is not wanted.
    void trim(ProgrammedPort port, List<IpPrefix> wanted) {
        if (port.sourceRanges().isEmpty()) {
            return;
        }
        Set<LpmKey> extra = new HashSet<>(port.sourceRanges());
        extra.removeAll(keys(wanted));
        if (!extra.isEmpty()) {
            port.mayHaveSourceRanges(extra);
            tables.removeSourceRanges(keys(port, extra));
            port.lostSourceRanges(extra);
        }
    }

    private static Set<LpmKey> keys(List<IpPrefix> prefixes) {
        return prefixes.stream().map(LpmKey::of).collect(Collectors.toCollection(HashSet::new));
    }

    private static Collection<SourceRangeKey> keys(ProgrammedPort port, Set<LpmKey> ranges) {
        return ranges.stream()
                .map(range -> new SourceRangeKey(port.index(), range))
                .toList();
    }
}
