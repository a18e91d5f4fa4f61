// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

/// A policy of the cluster.
///
/// @param kind `NetworkPolicy` or `ClusterNetworkPolicy`
/// @param namespace empty if it has none
public record PolicyName(String kind, String namespace, String name) {}
