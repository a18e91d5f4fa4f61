// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.maps.AddressRange;
import io.culvert.maps.CgroupKey;
import io.culvert.maps.Control;
import io.culvert.maps.MapCatalogue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The one entry of map `control`, which several writers of a process share: each changes its own part of it. Safe for
/// use by several threads.
public final class ControlEntry {

    private final MapCatalogue catalogue;

    ControlEntry(MapCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /// Leaves the sockets of exactly these cgroups to the packet path.
    ///
    /// @param cgroups inode numbers of cgroup directories
    public void optOut(Set<Long> cgroups) {
        Set<CgroupKey> wanted = cgroups.stream().map(CgroupKey::new).collect(Collectors.toSet());
        synchronized (catalogue.control()) {
            List<CgroupKey> gone = catalogue.optedOut().keys().stream()
                    .filter(key -> !wanted.contains(key))
                    .toList();
            // The count says whether the map is looked at, so it is never too small.
            Control control = catalogue.control().get(0);
            catalogue.control().set(0, control.withOptedOut(Math.max(wanted.size(), control.optedOut())));
            wanted.forEach(key -> catalogue.optedOut().put(key, 1));
            catalogue.optedOut().removeAll(gone);
            catalogue.control().set(0, control.withOptedOut(wanted.size()));
        }
    }

    /// Says what ranges of addresses mean. Ranges have several writers in one process, each with meanings of its own.
    ///
    /// @param meanings of the caller: ranges with one of them are replaced, the others stay
    /// @param ranges with all others at most [Control#RANGES]
    public void setRanges(Set<AddressRange.Meaning> meanings, List<AddressRange> ranges) {
        synchronized (catalogue.control()) {
            Control control = catalogue.control().get(0);
            List<AddressRange> all = new ArrayList<>(control.ranges());
            all.removeIf(range -> !Collections.disjoint(range.meanings(), meanings));
            all.addAll(ranges);
            if (!Set.copyOf(all).equals(Set.copyOf(control.ranges()))) {
                catalogue.control().set(0, control.withRanges(all));
            }
        }
    }
}
