// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.policy.LabelRequirement;
import io.culvert.cluster.policy.LabelRequirement.Operator;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Reads what both kinds of policies have in common.
final class PolicyParts {

    private PolicyParts() {}

    /// The selector at a field; one that matches everything where it is absent.
    static LabelSelector selector(Fields fields, String key) {
        Fields selector = fields.at(key);
        onlyKnows(selector, "matchLabels", "matchExpressions");
        List<LabelRequirement> expressions = new ArrayList<>();
        for (Fields expression : selector.each("matchExpressions")) {
            expressions.add(requirement(expression));
        }
        return new LabelSelector(selector.textMap("matchLabels"), expressions);
    }

    /// `namespaceSelector` and `podSelector`.
    static PolicyPeer.SelectedPods pods(Fields fields) {
        return new PolicyPeer.SelectedPods(selector(fields, "namespaceSelector"), selector(fields, "podSelector"));
    }

    static IpPrefix cidr(Fields fields, String key) {
        String text = fields.requiredText(key);
        return IpPrefix.parse(text).orElseThrow(() -> fields.invalid(key, "\"" + text + "\" is not a CIDR", ""));
    }

    /// Refuses fields that may say more than is understood here.
    static void onlyKnows(Fields fields, String... known) {
        for (String key : fields.mapping().entries().keySet()) {
            if (Stream.of(known).noneMatch(key::equals)) {
                throw fields.invalid(key, "is not a field that Culvert knows", "use " + String.join(", ", known));
            }
        }
    }

    private static LabelRequirement requirement(Fields expression) {
        onlyKnows(expression, "key", "operator", "values");
        String key = expression.requiredText("key");
        String text = expression.requiredText("operator");
        Operator operator = Stream.of(Operator.values())
                .filter(known -> known.apiName().equals(text))
                .findFirst()
                .orElseThrow(() -> expression.invalid(
                        "operator", "\"" + text + "\" is not an operator", "use In, NotIn, Exists or DoesNotExist"));
        Set<String> values = Set.copyOf(expression.texts("values"));
        boolean wanted = operator == Operator.IN || operator == Operator.NOT_IN;
        if (wanted == values.isEmpty()) {
            throw expression.invalid(
                    "values", wanted ? "is empty, which " + text + " cannot use" : "is not for " + text, "");
        }
        return new LabelRequirement(key, operator, values);
    }
}
