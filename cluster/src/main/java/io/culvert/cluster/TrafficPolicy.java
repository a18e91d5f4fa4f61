// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.util.Optional;

/// `spec.internalTrafficPolicy` and `spec.externalTrafficPolicy` of a Service.
public enum TrafficPolicy {
    /// All usable endpoints.
    CLUSTER("Cluster"),
    /// Endpoints of the client's or receiving node only.
    LOCAL("Local");

    private final String apiName;

    TrafficPolicy(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }

    public static Optional<TrafficPolicy> ofApiName(String text) {
        for (TrafficPolicy policy : values()) {
            if (policy.apiName.equals(text)) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }
}
