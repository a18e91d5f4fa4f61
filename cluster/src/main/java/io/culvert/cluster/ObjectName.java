// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// The name of a Kubernetes object within its kind.
///
/// @param namespace the namespace; empty for a kind without namespaces
/// @param name `metadata.name`
public record ObjectName(String namespace, String name) implements Comparable<ObjectName> {

    @Override
    public int compareTo(ObjectName other) {
        int order = namespace.compareTo(other.namespace);
        return order != 0 ? order : name.compareTo(other.name);
    }

    /// `namespace/name`, or only `name` where there is no namespace.
    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
