// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import org.jspecify.annotations.Nullable;

/// Whom objects are read for.
///
/// @param node whose Pods and Node Services are to know; null for those of all nodes
/// @param policies whether what policies need is read as well, of all nodes
public record Scope(@Nullable String node, boolean policies) {

    /// All that there is.
    public static final Scope EVERYTHING = new Scope(null, true);

    /// Whether Services are to know of what is on this node.
    boolean covers(@Nullable String other) {
        return node == null || node.equals(other);
    }
}
