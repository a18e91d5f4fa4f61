// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.ClusterObject;

/// What an object is to Culvert.
public sealed interface Decoded {

    DocumentName name();

    /// An object that the cluster state holds.
    record Wanted(DocumentName name, ClusterObject object) implements Decoded {}

    /// An object that is fine, and that the cluster state does not hold.
    ///
    /// @param why for a log line
    record Unwanted(DocumentName name, String why) implements Decoded {}
}
