// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// A label selector: everything in it must be true of an object.
public record LabelSelector(Map<String, String> matchLabels, List<LabelRequirement> matchExpressions) {

    /// The empty selector `{}`.
    public static final LabelSelector EVERYTHING = new LabelSelector(Map.of(), List.of());

    public LabelSelector {
        matchLabels = Map.copyOf(matchLabels);
        matchExpressions = List.copyOf(matchExpressions);
    }

    public boolean matches(Map<String, String> labels) {
        for (Map.Entry<String, String> wanted : matchLabels.entrySet()) {
            if (!Objects.equals(labels.get(wanted.getKey()), wanted.getValue())) {
                return false;
            }
        }
        for (LabelRequirement requirement : matchExpressions) {
            if (!requirement.matches(labels)) {
                return false;
            }
        }
        return true;
    }

    /// The keys that the answer depends on.
    public Stream<String> keys() {
        return Stream.concat(
                matchLabels.keySet().stream(), matchExpressions.stream().map(LabelRequirement::key));
    }
}
