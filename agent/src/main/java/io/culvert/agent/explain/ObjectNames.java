// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.cluster.ObjectName;

/// Names as people type them.
final class ObjectNames {

    private ObjectNames() {}

    /// `namespace/name`; a name alone is one in namespace `default`.
    static ObjectName named(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? new ObjectName("default", text)
                : new ObjectName(text.substring(0, slash), text.substring(slash + 1));
    }
}
