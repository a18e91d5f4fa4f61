// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.ObjectName;

/// What tells one document's object from another's.
///
/// @param name without a namespace where the kind has none
public record DocumentName(DocumentKind kind, ObjectName name) {

    /// `Service default/web`.
    @Override
    public String toString() {
        return kind.apiName() + " " + name;
    }
}
