// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// One change that a source reports.
public sealed interface Change {

    /// The object exists and looks like this, whatever was known before.
    record Put(ClusterObject object) implements Change {}

    /// The object does not exist. Removing what is not there is no error.
    ///
    /// @param name a Node's has no namespace
    record Remove(ObjectKind kind, ObjectName name) implements Change {}

    static Change put(ClusterObject object) {
        return new Put(object);
    }

    static Change remove(ObjectKind kind, ObjectName name) {
        return new Remove(kind, name);
    }
}
