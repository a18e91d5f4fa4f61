// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import java.util.Map;
import java.util.Set;

/// One entry of `matchExpressions`.
///
/// @param values of [Operator#IN] and [Operator#NOT_IN]; the others have none
public record LabelRequirement(String key, Operator operator, Set<String> values) {

    /// As the API defines them: [#NOT_IN] and [#DOES_NOT_EXIST] are also true of an object without the key.
    public enum Operator {
        IN("In"),
        NOT_IN("NotIn"),
        EXISTS("Exists"),
        DOES_NOT_EXIST("DoesNotExist");

        private final String apiName;

        Operator(String apiName) {
            this.apiName = apiName;
        }

        public String apiName() {
            return apiName;
        }
    }

    public LabelRequirement {
        values = Set.copyOf(values);
    }

    public boolean matches(Map<String, String> labels) {
        String value = labels.get(key);
        return switch (operator) {
            case IN -> value != null && values.contains(value);
            case NOT_IN -> value == null || !values.contains(value);
            case EXISTS -> value != null;
            case DOES_NOT_EXIST -> value == null;
        };
    }
}
