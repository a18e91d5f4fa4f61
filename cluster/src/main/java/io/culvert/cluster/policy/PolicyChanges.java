// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which objects of a [PolicyState] are different from what its reader was told before.
///
/// @param everything whether all of them may be; no names are given then
/// @param names by kind: of namespaces, pods, nodes and policies that came, changed or went
public record PolicyChanges(boolean everything, Map<ObjectKind, Set<ObjectName>> names) {

    /// What a reader needs who knows nothing.
    public static final PolicyChanges EVERYTHING = new PolicyChanges(true, Map.of());

    public static final PolicyChanges NONE = new PolicyChanges(false, Map.of());

    public PolicyChanges {
        names = names.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> Set.copyOf(entry.getValue())));
    }

    /// Those of one kind.
    public Set<ObjectName> of(ObjectKind kind) {
        return names.getOrDefault(kind, Set.of());
    }

    public boolean isEmpty() {
        return !everything && names.isEmpty();
    }
}
