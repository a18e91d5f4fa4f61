// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// An object of the cluster as Culvert keeps it: immutable, and only the fields that Culvert uses.
public sealed interface ClusterObject permits Service, EndpointSlice, Node, Pod, ServiceCidr, PolicyObject {

    ObjectKind kind();

    /// The name; without a namespace where the kind has none.
    ObjectName objectName();
}
