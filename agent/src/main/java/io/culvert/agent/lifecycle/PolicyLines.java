// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.policy.PolicyStatus;
import io.culvert.agent.view.StatusView;
import java.util.ArrayList;
import java.util.List;

/// What `culvert status` says of policies.
final class PolicyLines {

    private PolicyLines() {}

    static List<StatusView.Trouble> problems(PolicyStatus status) {
        List<StatusView.Trouble> problems = new ArrayList<>();
        if (!status.refused().isEmpty()) {
            problems.add(new StatusView.Trouble(
                    "error", "policies", status.refused(), "what was enforced before stays until this is put right"));
        }
        if (status.uncounted() > 0) {
            problems.add(new StatusView.Trouble(
                    "warning",
                    "policies",
                    status.uncounted() + " rules are enforced and not counted: rule_counters is full",
                    "fewer rules of policies that select pods of this node would fit"));
        }
        status.warnings()
                .forEach(warning -> problems.add(
                        new StatusView.Trouble("warning", "policy " + warning.policy(), warning.message(), "")));
        return problems;
    }
}
