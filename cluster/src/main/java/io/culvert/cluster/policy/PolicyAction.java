// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

/// What a rule of a ClusterNetworkPolicy does with what it matches.
public enum PolicyAction {
    ACCEPT("Accept"),
    DENY("Deny"),
    /// Leaves the tier: the admin tier for NetworkPolicies, the baseline tier for the default, which is to allow.
    PASS("Pass");

    private final String apiName;

    PolicyAction(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }
}
