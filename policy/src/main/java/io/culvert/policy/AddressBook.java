// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.PolicyNode;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which pod has which address, as [AddressOwners] says, followed change by change.
final class AddressBook {

    /// There may be 150,000, and hardly any has more than one.
    private final AddressTable<List<PolicyPod>> claims = new AddressTable<>();

    /// How many nodes, and pods in their network, have an address.
    private final Map<IpAddress, Integer> ofNodes = new HashMap<>();

    void put(PolicyNode node) {
        node.addresses().forEach(this::count);
    }

    void remove(PolicyNode node) {
        node.addresses().forEach(this::discount);
    }

    void put(PolicyPod pod) {
        if (pod.governed()) {
            pod.addresses().forEach(address -> claims.put(address, with(claims.get(address), pod)));
        } else if (!pod.finished()) {
            pod.addresses().forEach(this::count);
        }
    }

    void remove(PolicyPod pod) {
        if (pod.governed()) {
            pod.addresses().forEach(address -> withdraw(address, pod));
        } else if (!pod.finished()) {
            pod.addresses().forEach(this::discount);
        }
    }

    @Nullable
    PolicyPod owner(IpAddress address) {
        @Nullable List<PolicyPod> all = claims.get(address);
        if (all == null || ofNodes.containsKey(address)) {
            return null;
        }
        return all.size() == 1 ? all.getFirst() : Collections.max(all, AddressOwners.EARLIEST_FIRST);
    }

    /// Those of a pod's addresses that are its own.
    List<IpAddress> owned(PolicyPod pod) {
        return pod.addresses().stream()
                .filter(address -> pod.equals(owner(address)))
                .toList();
    }

    private void count(IpAddress address) {
        ofNodes.merge(address, 1, Integer::sum);
    }

    private void discount(IpAddress address) {
        ofNodes.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }

    private static List<PolicyPod> with(@Nullable List<PolicyPod> some, PolicyPod pod) {
        return some == null
                ? List.of(pod)
                : Stream.concat(some.stream(), Stream.of(pod)).toList();
    }

    private void withdraw(IpAddress address, PolicyPod pod) {
        @Nullable List<PolicyPod> all = claims.get(address);
        if (all == null) {
            return;
        }
        List<PolicyPod> others =
                all.stream().filter(other -> !other.name().equals(pod.name())).toList();
        if (others.isEmpty()) {
            claims.remove(address);
        } else {
            claims.put(address, others);
        }
    }
}
