// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

/// What kind of address a frontend is.
public enum FrontendType {
    CLUSTER_IP("ClusterIP");

    private final String displayName;

    FrontendType(String displayName) {
        this.displayName = displayName;
    }

    /// The name that users see in lists.
    public String displayName() {
        return displayName;
    }
}
