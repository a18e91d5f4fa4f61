// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.ClusterObject;
import java.util.List;

/// What an object is to Culvert.
public sealed interface Decoded {

    DocumentName name();

    /// An object that the cluster state holds.
    ///
    /// @param objects one, or two of a Pod or Node that both Services and policies need
    record Wanted(DocumentName name, List<ClusterObject> objects) implements Decoded {

        public Wanted {
            objects = List.copyOf(objects);
        }
    }

    /// An object that is fine, and that the cluster state does not hold.
    ///
    /// @param why for a log line
    record Unwanted(DocumentName name, String why) implements Decoded {}
}
