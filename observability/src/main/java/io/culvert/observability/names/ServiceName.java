// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

/// A Service of the cluster.
public record ServiceName(String namespace, String name) implements Comparable<ServiceName> {

    @Override
    public int compareTo(ServiceName other) {
        int order = namespace.compareTo(other.namespace);
        return order == 0 ? name.compareTo(other.name) : order;
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
