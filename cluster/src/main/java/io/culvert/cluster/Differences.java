// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.util.HashSet;
import java.util.Set;

/// What a subscriber has not been told yet.
final class Differences {

    final Set<ObjectName> services = new HashSet<>();
    boolean nodes;
    boolean pods;
    boolean serviceCidrs;
    long serviceChanges;
    long sliceChanges;

    boolean isEmpty() {
        return services.isEmpty() && !nodes && !pods && !serviceCidrs;
    }

    void add(Differences more) {
        services.addAll(more.services);
        nodes |= more.nodes;
        pods |= more.pods;
        serviceCidrs |= more.serviceCidrs;
        serviceChanges += more.serviceChanges;
        sliceChanges += more.sliceChanges;
    }
}
