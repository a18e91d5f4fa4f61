// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.agent.view.ExplainView;
import io.culvert.cluster.policy.Direction;
import io.culvert.maps.datapath.PolicyAnswer;
import io.culvert.maps.datapath.PolicyPrograms;
import io.culvert.maps.datapath.PolicyQuestion;
import io.culvert.policy.PolicyView;
import io.culvert.policy.RuleId;
import io.culvert.policy.Verdict;
import io.culvert.policy.explain.Explanation;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Has the programs in the kernel judge the packet that was explained, and says whether they come to the same end for
/// the same reason by the same rule.
final class DatapathCheck {

    private final PolicyPrograms programs;
    private final PolicyView view;

    /// @param view what was published to the programs
    DatapathCheck(PolicyPrograms programs, PolicyView view) {
        this.programs = programs;
        this.view = view;
    }

    /// @return [ExplainView#AGREES], or what the programs say instead
    String check(Explanation.Path path, Explanation.Answer answer) {
        boolean egress = answer.direction() == Direction.EGRESS;
        PolicyAnswer kernel = programs.ask(
                new PolicyQuestion(egress, path.source(), path.destination(), path.protocol(), path.port()));
        if (!agree(kernel, answer.verdict())) {
            return (kernel.allowed() ? "allowed" : "refused") + " (" + reason(kernel)
                    + "), which is not what the policies say: see culvert status";
        }
        if (!answer.verdict().allowed() && !programs.meet(egress)) {
            return "allowed (packets are not led to the programs of policies), which is not what the policies say: see"
                    + " culvert status";
        }
        return ExplainView.AGREES;
    }

    private boolean agree(PolicyAnswer kernel, Verdict verdict) {
        return kernel.allowed() == verdict.allowed()
                && kernel.reason().name().equals(verdict.reason().name())
                && sameRule(kernel.rule(), verdict);
    }

    /// A rule that is not counted has no number to compare.
    private boolean sameRule(int number, Verdict verdict) {
        RuleId rule = verdict.rule();
        return number == 0 || (rule != null && Objects.equals(view.rules().getOrDefault(rule, 0), number));
    }

    private String reason(PolicyAnswer kernel) {
        String reason = kernel.reason().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return view.rules().entrySet().stream()
                .filter(rule -> rule.getValue() == kernel.rule())
                .map(Map.Entry::getKey)
                .findFirst()
                .map(rule -> reason + " " + rule)
                .orElse(reason);
    }
}
