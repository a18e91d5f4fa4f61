// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.maps.AddressRange;
import io.culvert.maps.CgroupKey;
import io.culvert.maps.Control;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.layout.CorruptRecordException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The one entry of map `control`, which several writers of a process share: each changes its own part of it. Safe for
/// use by several threads.
public final class ControlEntry {

    /// Somebody else wrote the entry.
    ///
    /// @param expected what this process wrote last
    /// @param found what is there, for people
    public record Drift(Control expected, String found) {}

    private final MapCatalogue catalogue;
    private Control written;

    /// What is there counts as written.
    ControlEntry(MapCatalogue catalogue) {
        this.catalogue = catalogue;
        this.written = catalogue.control().get(0);
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
            write(written.withOptedOut(Math.max(wanted.size(), written.optedOut())));
            wanted.forEach(key -> catalogue.optedOut().put(key, 1));
            catalogue.optedOut().removeAll(gone);
            write(written.withOptedOut(wanted.size()));
        }
    }

    /// Whether connections from outside to backends of other nodes begin on the fast path. Those that are open stay on
    /// the way on which they began.
    public void forward(boolean on) {
        synchronized (catalogue.control()) {
            if (written.forwards() != on) {
                write(written.withForwards(on));
            }
        }
    }

    /// Says what ranges of addresses mean. Ranges have several writers in one process, each with meanings of its own.
    ///
    /// @param meanings of the caller: ranges with one of them are replaced, the others stay
    /// @param ranges with all others at most [Control#RANGES]
    public void setRanges(Set<AddressRange.Meaning> meanings, List<AddressRange> ranges) {
        synchronized (catalogue.control()) {
            List<AddressRange> all = new ArrayList<>(written.ranges());
            all.removeIf(range -> !Collections.disjoint(range.meanings(), meanings));
            all.addAll(ranges);
            if (!Set.copyOf(all).equals(Set.copyOf(written.ranges()))) {
                write(written.withRanges(all));
            }
        }
    }

    private void write(Control control) {
        catalogue.control().set(0, control);
        written = control;
    }

    /// Whether another program wrote the entry; with `repair`, what this process wrote last is put back.
    public Optional<Drift> audit(boolean repair) {
        synchronized (catalogue.control()) {
            String found = found();
            if (found.equals(written.toString())) {
                return Optional.empty();
            }
            if (repair) {
                write(written);
            }
            return Optional.of(new Drift(written, found));
        }
    }

    private String found() {
        try {
            return catalogue.control().get(0).toString();
        } catch (CorruptRecordException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
