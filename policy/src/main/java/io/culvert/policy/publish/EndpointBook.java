// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.EndpointSets;
import io.culvert.net.IpAddress;
import io.culvert.policy.LocalPod;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The entries of the pods of this node.
final class EndpointBook {

    private final World world;
    private final EndpointFacts facts;
    private final long now;
    private final Map<EndpointKey, Endpoint> endpoints = new HashMap<>();
    private final Map<PodKey, PodState> pods = new HashMap<>();
    private final Set<Integer> ambiguous = new HashSet<>();

    EndpointBook(World world, EndpointFacts facts, long now) {
        this.world = world;
        this.facts = facts;
        this.now = now;
    }

    Map<EndpointKey, Endpoint> endpoints() {
        return endpoints;
    }

    Map<PodKey, PodState> pods() {
        return pods;
    }

    /// A pod that no address is known of has no entries.
    void add(LocalPod pod, EndpointSets sets) {
        if (pod.owned().isEmpty()) {
            return;
        }
        PodKey key = new PodKey(pod.name(), pod.uid());
        PodState state = state(key, pod, sets);
        pods.put(key, state);
        int audit = facts.audited().contains(pod.name().namespace()) ? Endpoint.AUDIT : 0;
        Endpoint endpoint = new Endpoint(sets, sets, state.number(), audit, state.trackedSince());
        for (IpAddress address : pod.owned()) {
            endpoints.put(EndpointKey.of(address), endpoint);
            Integer ifindex = facts.interfaces().get(address);
            if (ifindex != null && !ambiguous.contains(ifindex)) {
                Endpoint other = endpoints.put(EndpointKey.ofInterface(ifindex), endpoint);
                if (other != null && other.number() != endpoint.number()) {
                    // An interface that leads to several pods says nothing about who sends.
                    endpoints.remove(EndpointKey.ofInterface(ifindex));
                    ambiguous.add(ifindex);
                }
            }
        }
    }

    private PodState state(PodKey key, LocalPod pod, EndpointSets sets) {
        PodState known = world.pods.get(key);
        if (known != null) {
            return known.next(sets, now);
        }
        if (world.isSwept()) {
            return new PodState(world.podNumbers.number(key), 0, sets);
        }
        return found(key, pod).next(sets, now);
    }

    /// After a restart a pod is what its address was. One that no earlier process knew may have run for long.
    private PodState found(PodKey key, LocalPod pod) {
        for (IpAddress address : pod.owned()) {
            Endpoint before = world.endpoints.entries().get(EndpointKey.of(address));
            if (before != null && world.podNumbers.claim(key, before.number())) {
                return new PodState(before.number(), before.trackedSince(), before.sets(world.tables.epoch() & 1));
            }
        }
        return new PodState(world.podNumbers.number(key), 0, EndpointSets.NONE);
    }
}
