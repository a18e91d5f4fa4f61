// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.PolicyObject;
import java.util.HashMap;
import java.util.Map;

/// A Namespace.
///
/// @param labels always with [#NAME_LABEL], whatever the object says, as the API server keeps it
/// @param audit whether annotation `culvert.io/policy-mode` is `audit`: what policies forbid its pods is reported, and
///     not dropped
public record Namespace(String name, Map<String, String> labels, boolean audit) implements PolicyObject {

    /// The label whose value is the name of the namespace.
    public static final String NAME_LABEL = "kubernetes.io/metadata.name";

    public Namespace {
        Map<String, String> all = new HashMap<>(labels);
        all.put(NAME_LABEL, name);
        labels = Map.copyOf(all);
    }

    /// A namespace whose policies are enforced.
    public Namespace(String name, Map<String, String> labels) {
        this(name, labels, false);
    }

    /// A namespace that nothing is known of but its name.
    public static Namespace named(String name) {
        return new Namespace(name, Map.of());
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.NAMESPACE;
    }

    @Override
    public ObjectName objectName() {
        return new ObjectName("", name);
    }
}
