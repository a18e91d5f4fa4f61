// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// An object that policies are made of, or that they select. The records are in `io.culvert.cluster.policy`: a sealed
/// interface cannot name what is in another package, so this one is the door.
///
/// A Pod and a Node are each two objects, of the same kind and name: what Services need of those of this node, and what
/// policies need of all.
public non-sealed interface PolicyObject extends ClusterObject {}
