// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.cluster.policy.PolicyChanges;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What a subscriber has not been told yet.
final class Differences {

    final Set<ObjectName> services = new HashSet<>();
    boolean nodes;
    boolean pods;
    boolean serviceCidrs;
    long serviceChanges;
    long sliceChanges;
    private boolean everyPolicy;
    private final Map<ObjectKind, Set<ObjectName>> policies = new EnumMap<>(ObjectKind.class);

    boolean isEmpty() {
        return isEmpty(Topic.SERVICES) && isEmpty(Topic.POLICIES);
    }

    boolean isEmpty(Topic topic) {
        return switch (topic) {
            case SERVICES -> services.isEmpty() && !nodes && !pods && !serviceCidrs;
            case POLICIES -> !everyPolicy && policies.isEmpty();
        };
    }

    void add(Topic topic, Differences more) {
        switch (topic) {
            case SERVICES -> {
                services.addAll(more.services);
                nodes |= more.nodes;
                pods |= more.pods;
                serviceCidrs |= more.serviceCidrs;
                serviceChanges += more.serviceChanges;
                sliceChanges += more.sliceChanges;
            }
            case POLICIES -> addPolicies(more.policyChanges());
        }
    }

    void addPolicy(ObjectKind kind, ObjectName name) {
        policies.computeIfAbsent(kind, _ -> new HashSet<>()).add(name);
    }

    void addPolicies(PolicyChanges more) {
        everyPolicy |= more.everything();
        more.names().forEach((kind, names) -> names.forEach(name -> addPolicy(kind, name)));
    }

    PolicyChanges policyChanges() {
        return everyPolicy ? PolicyChanges.EVERYTHING : new PolicyChanges(false, policies);
    }
}
