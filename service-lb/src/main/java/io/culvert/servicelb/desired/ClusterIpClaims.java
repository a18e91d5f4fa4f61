// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.net.IpAddress;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which Service owns each cluster IP: of several that claim it the oldest, and of equally old ones the first by
/// name.
///
/// Not thread safe. Costs nothing for Services that did not change, and one map entry for an address that only one
/// Service claims.
public final class ClusterIpClaims {

    private final Map<ObjectName, Claimant> claimants = new HashMap<>();
    private final Map<IpAddress, Claimant> owners = new HashMap<>();
    private final Map<IpAddress, TreeSet<Claimant>> contested = new HashMap<>();

    /// The claims of every Service in `state`.
    public static ClusterIpClaims of(ClusterState state) {
        ClusterIpClaims claims = new ClusterIpClaims();
        claims.update(state, state.services().keySet());
        return claims;
    }

    /// Takes over what `state` says about the Services in `names`.
    ///
    /// @return the Services, of these names or not, that gained or lost an address to another: they need compiling
    public Set<ObjectName> update(ClusterState state, Set<ObjectName> names) {
        Set<ObjectName> affected = new HashSet<>();
        for (ObjectName name : names) {
            Claimant before = claimants.get(name);
            Claimant after = state.service(name)
                    .filter(Service::proxied)
                    .map(service -> new Claimant(service.created(), name, service.clusterIps()))
                    .orElse(null);
            if (before != null && !before.equals(after)) {
                before.addresses.forEach(address -> release(address, before, affected));
                claimants.remove(name);
            }
            if (after != null && !after.equals(before)) {
                after.addresses.forEach(address -> claim(address, after, affected));
                claimants.put(name, after);
            }
        }
        return affected;
    }

    /// The Service that is served at `address`; empty if no Service claims it.
    public Optional<ObjectName> owner(IpAddress address) {
        return Optional.ofNullable(owners.get(address)).map(Claimant::name);
    }

    private void claim(IpAddress address, Claimant claimant, Set<ObjectName> affected) {
        Claimant owner = owners.get(address);
        if (owner == null || owner.equals(claimant)) {
            owners.put(address, claimant);
            return;
        }
        TreeSet<Claimant> all = contested.computeIfAbsent(address, _ -> new TreeSet<>(List.of(owner)));
        all.add(claimant);
        settle(address, all, owner, affected);
        affected.add(claimant.name);
    }

    private void release(IpAddress address, Claimant claimant, Set<ObjectName> affected) {
        TreeSet<Claimant> all = contested.get(address);
        if (all == null) {
            owners.remove(address, claimant);
            return;
        }
        Claimant owner = owners.getOrDefault(address, claimant);
        all.remove(claimant);
        settle(address, all, owner, affected);
        if (all.size() == 1) {
            contested.remove(address);
        }
    }

    private void settle(IpAddress address, SortedSet<Claimant> all, Claimant before, Set<ObjectName> affected) {
        Claimant owner = all.first();
        owners.put(address, owner);
        if (!owner.equals(before)) {
            // Those who lose either way name the winner in their status.
            all.forEach(claimant -> affected.add(claimant.name));
            affected.add(before.name);
        }
    }

    private record Claimant(Instant created, ObjectName name, List<IpAddress> addresses)
            implements Comparable<Claimant> {

        private static final Comparator<Claimant> ORDER =
                Comparator.comparing(Claimant::created).thenComparing(Claimant::name);

        @Override
        public int compareTo(Claimant other) {
            return ORDER.compare(this, other);
        }
    }
}
