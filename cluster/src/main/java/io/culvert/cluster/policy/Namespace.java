// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import java.util.HashMap;
import java.util.Map;

/// A Namespace.
///
/// @param labels always with [#NAME_LABEL], whatever the object says, as the API server keeps it
public record Namespace(String name, Map<String, String> labels) {

    /// The label whose value is the name of the namespace.
    public static final String NAME_LABEL = "kubernetes.io/metadata.name";

    public Namespace {
        Map<String, String> all = new HashMap<>(labels);
        all.put(NAME_LABEL, name);
        labels = Map.copyOf(all);
    }

    /// A namespace that nothing is known of but its name.
    public static Namespace named(String name) {
        return new Namespace(name, Map.of());
    }
}
