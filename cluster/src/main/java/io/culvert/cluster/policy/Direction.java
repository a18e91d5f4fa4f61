// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

/// The direction of new connections, seen from the pod that a policy selects.
public enum Direction {
    INGRESS("Ingress"),
    EGRESS("Egress");

    private final String apiName;

    Direction(String apiName) {
        this.apiName = apiName;
    }

    /// As `spec.policyTypes` writes it: `Ingress` or `Egress`.
    public String apiName() {
        return apiName;
    }
}
