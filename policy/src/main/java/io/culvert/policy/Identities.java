// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The identities of a cluster's pods, numbered from 1.
final class Identities implements NumberedIdentities {

    /// What is no pod.
    static final Identity NO_POD = new Identity("", Map.of(), Map.of(), Set.of(), Set.of());

    private final List<Identity> numbered = new ArrayList<>(List.of(NO_POD));
    private final Map<Identity, Integer> numbers = new HashMap<>();
    private final Map<IpAddress, Integer> ipcache = new HashMap<>();
    private final Map<String, List<Integer>> byNamespace = new TreeMap<>();
    private final Map<IpAddress, PolicyPod> owners;

    Identities(PolicyInputs inputs, RuleBook rules) {
        Map<String, Namespace> namespaces = new HashMap<>();
        inputs.namespaces().forEach(namespace -> namespaces.put(namespace.name(), namespace));
        Distinctions distinctions = new Distinctions(rules);
        owners = AddressOwners.of(inputs.pods(), inputs.nodes());
        for (Map.Entry<IpAddress, PolicyPod> entry : owners.entrySet()) {
            PolicyPod pod = entry.getValue();
            Namespace namespace = namespaces.computeIfAbsent(pod.name().namespace(), Namespace::named);
            ipcache.put(entry.getKey(), number(distinctions.identity(entry.getKey(), pod, namespace)));
        }
    }

    @Override
    public List<Identity> numbered() {
        return numbered;
    }

    Map<IpAddress, Integer> ipcache() {
        return ipcache;
    }

    @Override
    public Map<String, List<Integer>> byNamespace() {
        return byNamespace;
    }

    /// Those of a pod's addresses that are its own.
    List<IpAddress> owned(PolicyPod pod) {
        return pod.addresses().stream()
                .filter(address -> pod.equals(owners.get(address)))
                .toList();
    }

    private int number(Identity identity) {
        return numbers.computeIfAbsent(identity, added -> {
            numbered.add(added);
            byNamespace
                    .computeIfAbsent(added.namespace(), name -> new ArrayList<>())
                    .add(numbered.size() - 1);
            return numbered.size() - 1;
        });
    }
}
