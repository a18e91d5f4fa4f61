// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ServiceCidr;
import io.culvert.maps.AddressRange;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/// Where cluster IPs lie. Of the blocks that ServiceCIDRs name, every address is known: what no Service has is
/// dropped. Cluster IPs outside of them lie in the smallest block of their family, of which nothing is known beyond
/// those addresses.
///
/// Not thread safe. A change of one address costs the logarithm of how many there are.
final class ClusterRanges {

    /// How many ranges there are at most: half of the room in `control`, whose other half is for the ranges of pods.
    static final int LIMIT = 4;

    private static final Set<Meaning> KNOWN = Set.of(Meaning.CLUSTER_IPS, Meaning.DROP_UNALLOCATED);
    private static final Set<Meaning> USED = Set.of(Meaning.CLUSTER_IPS);

    private List<IpPrefix> blocks = List.of();
    private final Map<IpFamily, NavigableSet<IpAddress>> loose = new EnumMap<>(IpFamily.class);

    ClusterRanges() {
        for (IpFamily family : IpFamily.values()) {
            loose.put(family, new TreeSet<>());
        }
    }

    /// Takes the blocks that the cluster has now.
    ///
    /// @param all every cluster IP
    void blocks(Collection<ServiceCidr> cidrs, Collection<IpAddress> all) {
        List<IpPrefix> next = cidrs.stream()
                .flatMap(cidr -> cidr.cidrs().stream())
                .distinct()
                .sorted(Comparator.comparing(IpPrefix::toString))
                // A block in each family may be needed for addresses outside of these.
                .limit(LIMIT - IpFamily.values().length)
                .toList();
        if (!next.equals(blocks)) {
            blocks = next;
            loose.values().forEach(NavigableSet::clear);
            all.forEach(this::add);
        }
    }

    void add(IpAddress address) {
        if (blocks.stream().noneMatch(block -> block.contains(address))) {
            loose.getOrDefault(address.family(), new TreeSet<>()).add(address);
        }
    }

    void remove(IpAddress address) {
        loose.getOrDefault(address.family(), new TreeSet<>()).remove(address);
    }

    /// The ranges, at most [#LIMIT].
    List<AddressRange> ranges() {
        List<AddressRange> ranges = new ArrayList<>(LIMIT);
        blocks.forEach(block -> ranges.add(AddressRange.of(block, KNOWN)));
        loose.forEach((family, addresses) -> {
            if (!addresses.isEmpty()) {
                ranges.add(AddressRange.of(around(family, addresses.getFirst(), addresses.getLast()), USED));
            }
        });
        return ranges;
    }

    /// The smallest block that has both.
    private static IpPrefix around(IpFamily family, IpAddress first, IpAddress last) {
        long high = first.high() ^ last.high();
        int common = high != 0
                ? Long.numberOfLeadingZeros(high)
                : Long.SIZE + Long.numberOfLeadingZeros(first.low() ^ last.low());
        return new IpPrefix(first, common - (2 * Long.SIZE - family.bits()));
    }
}
