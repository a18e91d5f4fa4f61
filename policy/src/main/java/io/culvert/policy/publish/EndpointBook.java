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
    private final Map<EndpointKey, Endpoint> endpoints = new HashMap<>();
    private final Set<PodKey> pods = new HashSet<>();
    private final Set<Integer> ambiguous = new HashSet<>();

    EndpointBook(World world, EndpointFacts facts) {
        this.world = world;
        this.facts = facts;
    }

    Map<EndpointKey, Endpoint> endpoints() {
        return endpoints;
    }

    Set<PodKey> pods() {
        return pods;
    }

    /// A pod that no address is known of has no entries.
    void add(LocalPod pod, EndpointSets sets) {
        if (pod.owned().isEmpty()) {
            return;
        }
        PodKey key = new PodKey(pod.name(), pod.uid());
        pods.add(key);
        int audit = facts.audited().contains(pod.name().namespace()) ? Endpoint.AUDIT : 0;
        Endpoint endpoint = Endpoint.of(world.podNumbers.number(key), sets, audit);
        for (IpAddress address : pod.owned()) {
            endpoints.put(EndpointKey.of(address), endpoint);
            Integer ifindex = facts.interfaces().get(address);
            if (ifindex != null && !ambiguous.contains(ifindex)) {
                Endpoint other = endpoints.put(EndpointKey.ofInterface(ifindex), endpoint);
                if (other != null && !other.side0().equals(endpoint.side0())) {
                    // An interface that leads to several pods says nothing about who sends.
                    endpoints.remove(EndpointKey.ofInterface(ifindex));
                    ambiguous.add(ifindex);
                }
            }
        }
    }
}
