// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// An object of the cluster as Culvert keeps it: immutable, and only the fields that Culvert uses.
public sealed interface ClusterObject permits Service, EndpointSlice, Node, Pod, ServiceCidr {

    ObjectKind kind();

    /// The name; a [Node] and a [ServiceCidr] have no namespace.
    ObjectName name();
}
