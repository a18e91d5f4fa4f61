// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

/// `spec.tier` of a ClusterNetworkPolicy: before or after NetworkPolicies are asked.
public enum PolicyTier {
    ADMIN("Admin"),
    BASELINE("Baseline");

    private final String apiName;

    PolicyTier(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }
}
