// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ServiceCidr;
import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.desired.AddressClaims;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what programs know of cluster IPs beyond their frontends: that other ports and protocols of them are refused,
/// and in which ranges they lie.
///
/// An address is there before its range is, and a range that drops what is unknown is not set while some address is
/// missing. Not thread safe.
final class ClusterAddressWriter {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterAddressWriter.class);

    private final ServiceTables tables;
    private final Map<IpAddress, Integer> held = new HashMap<>();
    private final Set<IpAddress> pending = new HashSet<>();
    private final ClusterRanges ranges = new ClusterRanges();
    private @Nullable List<AddressRange> written;
    private String trouble = "";

    /// Reads what an earlier agent left.
    ClusterAddressWriter(ServiceTables tables) {
        this.tables = tables;
        tables.forEachClusterAddress((key, value) -> held.put(key.address(), value));
        held.keySet().forEach(ranges::add);
    }

    /// Notes addresses whose owner may have changed.
    void touch(Collection<IpAddress> addresses) {
        pending.addAll(addresses);
    }

    /// Notes that the owners of all addresses are known.
    void touchAll(AddressClaims claims) {
        pending.addAll(held.keySet());
        pending.addAll(claims.clusterIps());
    }

    /// Writes what changed. What fails is logged, and written next time.
    ///
    /// @param complete whether all Services are known; until then nothing is removed, and no range changes
    void write(AddressClaims claims, Collection<ServiceCidr> cidrs, boolean complete) {
        Map<AddressKey, Integer> puts = new HashMap<>();
        List<AddressKey> removals = new ArrayList<>();
        for (IpAddress address : pending) {
            Integer wanted = wanted(claims, address);
            if (wanted != null && !wanted.equals(held.get(address))) {
                puts.put(new AddressKey(address), wanted);
            } else if (wanted == null && complete && held.containsKey(address)) {
                removals.add(new AddressKey(address));
            }
        }
        try {
            if (!puts.isEmpty()) {
                tables.putClusterAddresses(puts);
                puts.forEach((key, value) -> put(key.address(), value));
            }
            if (!removals.isEmpty()) {
                tables.removeClusterAddresses(removals);
                removals.forEach(key -> remove(key.address()));
            }
            pending.clear();
            trouble = "";
            if (complete) {
                writeRanges(cidrs);
            }
        } catch (TableWriteException e) {
            if (!String.valueOf(e.getMessage()).equals(trouble)) {
                trouble = String.valueOf(e.getMessage());
                LOG.warn("refuse unknown ports of cluster IPs: {}; being retried", trouble);
            }
        }
    }

    private void writeRanges(Collection<ServiceCidr> cidrs) {
        ranges.blocks(cidrs, held.keySet());
        List<AddressRange> wanted = ranges.ranges();
        if (!wanted.equals(written)) {
            tables.clusterRanges(wanted);
            written = wanted;
        }
    }

    /// The addresses that the kernel holds, as far as this process wrote or found them; live.
    Map<IpAddress, Integer> held() {
        return held;
    }

    private static @Nullable Integer wanted(AddressClaims claims, IpAddress address) {
        if (claims.owner(address).isEmpty()) {
            return null;
        }
        return claims.isLocal(address) ? AddressKey.LEAVE : AddressKey.REFUSE;
    }

    private void put(IpAddress address, int value) {
        held.put(address, value);
        ranges.add(address);
    }

    private void remove(IpAddress address) {
        held.remove(address);
        ranges.remove(address);
    }
}
