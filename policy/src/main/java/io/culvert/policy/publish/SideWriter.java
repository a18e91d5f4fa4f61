// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.EndpointSets;
import io.culvert.maps.EndpointSide;
import io.culvert.maps.PolicyCidrKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Writes what is kept twice: whom addresses and interfaces belong to, and which sets and classes these have.
final class SideWriter {

    private final World world;
    private final Desired desired;
    private final int active;
    private boolean meaningsChanged;

    /// @param active the side that programs read
    SideWriter(World world, Desired desired, int active) {
        this.world = world;
        this.desired = desired;
        this.active = active;
    }

    /// Whether more changes than which identities addresses have, which interfaces lead to pods, and which
    /// pods without policies went.
    boolean needsSwitch() {
        return desired.endpoints().entrySet().stream()
                        .filter(entry -> entry.getKey().ifindex() == 0)
                        .anyMatch(entry -> !holds(entry.getKey(), entry.getValue()))
                || somethingGoes()
                || !cidrs(active).equals(on(active));
    }

    private boolean holds(EndpointKey key, Endpoint wanted) {
        Endpoint present = world.endpoints.entries().get(key);
        return present != null && present.side(active).equals(wanted.side(active));
    }

    /// Whether a pod that is held to policies goes, or one of its addresses: a program may have found its interface,
    /// and then miss the address that tells it that the pod talks to itself.
    private boolean somethingGoes() {
        return world.endpoints.entries().entrySet().stream()
                .anyMatch(entry -> entry.getKey().ifindex() == 0
                        && !desired.endpoints().containsKey(entry.getKey())
                        && !entry.getValue().sets(active).equals(EndpointSets.NONE));
    }

    /// Brings the other side to what is desired. No program sees a difference.
    void stage(boolean strict) {
        int other = 1 - active;
        // An interface that leads to no pod any more must not say less than addresses, because it is found first.
        world.endpoints.remove(interfacesOfNobody());
        world.endpoints.put(stagedEndpoints(strict));
        world.addresses.stage(desired.addresses(), other);
        writeCidrs(other);
    }

    private List<EndpointKey> interfacesOfNobody() {
        return world.endpoints.entries().keySet().stream()
                .filter(key -> key.ifindex() != 0 && !desired.endpoints().containsKey(key))
                .toList();
    }

    private Map<EndpointKey, Endpoint> stagedEndpoints(boolean strict) {
        int other = 1 - active;
        Map<EndpointKey, Endpoint> present = world.endpoints.entries();
        Map<Integer, EndpointSide> now = new HashMap<>();
        Map<EndpointKey, Endpoint> staged = new HashMap<>();
        present.forEach((key, endpoint) -> {
            now.put(endpoint.number(active), endpoint.side(active));
            staged.put(key, endpoint.with(other, EndpointSide.NOTHING));
        });
        // An interface of a pod that is new has what its addresses have.
        Map<Integer, EndpointSide> byAddress = new HashMap<>();
        desired.endpoints().forEach((key, endpoint) -> {
            Endpoint before = present.get(key);
            if (before != null && !before.sets(active).equals(EndpointSets.NONE)) {
                byAddress.put(endpoint.number(other), before.side(active));
            }
        });
        EndpointSets unknown = EndpointSets.NONE;
        desired.endpoints().forEach((key, endpoint) -> {
            int number = endpoint.number(other);
            EndpointSide added = new EndpointSide(number, strict ? endpoint.sets(other) : unknown);
            EndpointSide side;
            if (present.containsKey(key)) {
                side = present.get(key).side(active);
            } else if (key.ifindex() != 0) {
                side = now.getOrDefault(number, byAddress.getOrDefault(number, added));
            } else {
                // A pod's new address has what the pod has, and is no address of the pod yet.
                EndpointSide pod = now.get(number);
                side = pod == null ? added : new EndpointSide(0, pod.sets());
            }
            staged.put(key, endpoint.with(active, side));
        });
        return staged;
    }

    /// Brings both sides to what is desired at once.
    ///
    /// @return whether anything was written
    boolean writeInPlace() {
        boolean changed = world.endpoints.put(desired.endpoints());
        changed |= world.endpoints.retain(desired.endpoints().keySet());
        meaningsChanged = world.addresses.write(desired.addresses());
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
        boolean _ = world.addresses.write(desired.addresses());
        writeCidrs(active);
    }

    private void writeCidrs(int side) {
        Map<PolicyCidrKey, Integer> wanted = on(side);
        Collection<PolicyCidrKey> unwanted = new HashSet<>(cidrs(side).keySet());
        unwanted.removeAll(wanted.keySet());
        world.cidrs.remove(unwanted);
        world.cidrs.put(wanted);
        world.blocks.write(side, desired.cidrs());
        world.prefixes.write(side, desired.cidrs());
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
