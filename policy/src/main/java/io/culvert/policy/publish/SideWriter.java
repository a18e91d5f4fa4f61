// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.AddressKey;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.EndpointSets;
import io.culvert.maps.IpcacheEntry;
import io.culvert.maps.PolicyCidrKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Writes what is kept twice: whom addresses and interfaces belong to, and which sets and classes these have.
final class SideWriter {

    private static final IpcacheEntry NOBODY = new IpcacheEntry(0, 0);

    private final World world;
    private final Desired desired;
    private final int active;
    private final Map<AddressKey, IpcacheEntry> ipcache = new HashMap<>();
    private boolean meaningsChanged;

    /// @param active the side that programs read
    SideWriter(World world, Desired desired, int active) {
        this.world = world;
        this.desired = desired;
        this.active = active;
        desired.ipcache().forEach((address, identity) -> ipcache.put(address, new IpcacheEntry(identity, identity)));
    }

    /// Whether more changes than which identities addresses have, which interfaces lead to pods, and which
    /// pods went.
    boolean needsSwitch() {
        return desired.endpoints().entrySet().stream()
                        .filter(entry -> entry.getKey().ifindex() == 0)
                        .anyMatch(entry -> !holds(entry.getKey(), entry.getValue()))
                || !cidrs(active).equals(on(active));
    }

    private boolean holds(EndpointKey key, Endpoint wanted) {
        Endpoint present = world.endpoints.entries().get(key);
        return present != null
                && present.number() == wanted.number()
                && present.sets(active).equals(wanted.sets(active));
    }

    /// Brings the other side to what is desired. No program sees a difference.
    void stage(boolean strict) {
        int other = 1 - active;
        // What an interface says goes before what an address says, so it must not say less.
        world.endpoints.remove(interfacesOfOthers());
        world.endpoints.put(stagedEndpoints(strict));
        Map<AddressKey, IpcacheEntry> staged = new HashMap<>();
        world.ipcache.entries().forEach((address, entry) -> staged.put(address, entry.with(other, 0)));
        desired.ipcache()
                .forEach((address, identity) -> staged.put(
                        address,
                        world.ipcache.entries().getOrDefault(address, NOBODY).with(other, identity)));
        world.ipcache.put(staged);
        writeCidrs(other);
    }

    private List<EndpointKey> interfacesOfOthers() {
        return world.endpoints.entries().entrySet().stream()
                .filter(entry -> entry.getKey().ifindex() != 0)
                .filter(entry -> {
                    Endpoint wanted = desired.endpoints().get(entry.getKey());
                    return wanted == null || wanted.number() != entry.getValue().number();
                })
                .map(Map.Entry::getKey)
                .toList();
    }

    private Map<EndpointKey, Endpoint> stagedEndpoints(boolean strict) {
        int other = 1 - active;
        Map<EndpointKey, Endpoint> present = world.endpoints.entries();
        Map<Integer, EndpointSets> now = new HashMap<>();
        Map<EndpointKey, Endpoint> staged = new HashMap<>();
        present.forEach((key, endpoint) -> {
            now.put(endpoint.number(), endpoint.sets(active));
            staged.put(key, endpoint.with(other, EndpointSets.NONE));
        });
        // A pod's new address has what the pod has; its interface has what its addresses have.
        Map<Integer, EndpointSets> byAddress = new HashMap<>(now);
        desired.endpoints().forEach((key, endpoint) -> {
            Endpoint before = present.get(key);
            if (before != null && !before.sets(active).equals(EndpointSets.NONE)) {
                byAddress.put(endpoint.number(), before.sets(active));
            }
        });
        desired.endpoints().forEach((key, endpoint) -> {
            Endpoint before = present.get(key);
            EndpointSets sets = before != null
                    ? before.sets(active)
                    : (key.ifindex() == 0 ? now : byAddress)
                            .getOrDefault(endpoint.number(), strict ? endpoint.sets(other) : EndpointSets.NONE);
            staged.put(key, endpoint.with(active, sets));
        });
        return staged;
    }

    /// Brings both sides to what is desired at once.
    ///
    /// @return whether anything was written
    boolean writeInPlace() {
        boolean changed = world.endpoints.put(desired.endpoints());
        changed |= world.endpoints.retain(desired.endpoints().keySet());
        meaningsChanged = world.ipcache.put(ipcache);
        meaningsChanged |= world.ipcache.retain(ipcache.keySet());
        return changed || meaningsChanged;
    }

    /// Whether [#writeInPlace] changed what tracked connections depend on.
    boolean meaningsChanged() {
        return meaningsChanged;
    }

    /// Brings the side that was read before to what is desired. No program reads it any more.
    void follow() {
        world.endpoints.put(desired.endpoints());
        world.endpoints.retain(desired.endpoints().keySet());
        world.ipcache.put(ipcache);
        world.ipcache.retain(ipcache.keySet());
        writeCidrs(active);
    }

    private void writeCidrs(int side) {
        Map<PolicyCidrKey, Integer> wanted = on(side);
        Collection<PolicyCidrKey> unwanted = new HashSet<>(cidrs(side).keySet());
        unwanted.removeAll(wanted.keySet());
        world.cidrs.remove(unwanted);
        world.cidrs.put(wanted);
    }

    private Map<PolicyCidrKey, Integer> cidrs(int side) {
        Map<PolicyCidrKey, Integer> present = new HashMap<>();
        world.cidrs.entries().forEach((key, cidrClass) -> {
            if (key.side() == side) {
                present.put(key, cidrClass);
            }
        });
        return present;
    }

    private Map<PolicyCidrKey, Integer> on(int side) {
        Map<PolicyCidrKey, Integer> wanted = new HashMap<>();
        desired.cidrs().forEach((prefix, cidrClass) -> wanted.put(prefix.on(side), cidrClass));
        return wanted;
    }
}
