// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// What a subscriber of a [ClusterStore] is told of.
enum Topic {
    /// Services and what they need: their slices, ServiceCIDRs, and this node's Node and Pods.
    SERVICES,
    /// Policies, and all that they select.
    POLICIES
}
