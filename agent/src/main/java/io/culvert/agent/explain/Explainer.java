// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.agent.control.PolicyQueries.Question;
import io.culvert.agent.control.UnknownObjectException;
import io.culvert.agent.view.ExplainView;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.policy.PolicyInputs;
import io.culvert.policy.Verdict;
import io.culvert.policy.explain.Explanation;
import io.culvert.policy.explain.PolicyExplainer;
import io.culvert.policy.explain.PolicyQuestion;
import io.culvert.policy.explain.PolicyQuestion.End;
import io.culvert.policy.explain.SeenCluster;
import io.culvert.policy.explain.ServiceTargets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Answers `policy explain`: from the objects, and by a run of the programs that packets meet.
final class Explainer {

    private final PolicyInputs inputs;
    private final List<ServiceTargets> services;
    private final Optional<DatapathCheck> datapath;

    /// @param datapath empty where no policies are enforced
    Explainer(PolicyInputs inputs, List<ServiceTargets> services, Optional<DatapathCheck> datapath) {
        this.inputs = inputs;
        this.services = services;
        this.datapath = datapath;
    }

    /// @throws UnknownObjectException if the question names what is not there
    ExplainView explain(Question question) {
        List<String> notes = new ArrayList<>();
        boolean dryRun = !question.manifests().isEmpty();
        PolicyInputs thought = dryRun ? DryRun.of(inputs, question, notes) : inputs;
        try {
            Explanation explanation = PolicyExplainer.explain(
                    thought,
                    services,
                    new PolicyQuestion(end(question.from()), end(question.to()), question.protocol(), question.port()));
            notes.addAll(explanation.notes());
            SeenCluster cluster = new SeenCluster(thought);
            return new ExplainView(
                    explanation.paths().stream()
                            .map(path -> path(path, cluster, !dryRun))
                            .toList(),
                    explanation.warnings().stream()
                            .map(warning -> warning.policy() + ": " + warning.message())
                            .toList(),
                    notes);
        } catch (IllegalArgumentException e) {
            throw new UnknownObjectException(String.valueOf(e.getMessage()));
        }
    }

    /// A name alone is one in namespace `default`.
    private static End end(String text) {
        Optional<IpAddress> address = IpAddress.parse(text);
        if (address.isPresent()) {
            return new End.At(address.get());
        }
        return new End.Named(ObjectNames.named(text));
    }

    private ExplainView.Path path(Explanation.Path path, SeenCluster cluster, boolean ask) {
        return new ExplainView.Path(
                path.source().toString(),
                pod(cluster, path.source()),
                path.destination().toString(),
                pod(cluster, path.destination()),
                Protocol.ofNumber(path.protocol()).map(Protocol::name).orElse(Integer.toString(path.protocol())),
                path.port(),
                path.allowed(),
                path.answers().stream()
                        .map(answer -> answer(
                                answer,
                                ask && answer.here()
                                        ? datapath.map(check -> check.check(path, answer))
                                                .orElse("")
                                        : ""))
                        .toList());
    }

    private static String pod(SeenCluster cluster, IpAddress address) {
        return cluster.pod(address).map(pod -> pod.name().toString()).orElse("");
    }

    private static ExplainView.Answer answer(Explanation.Answer answer, String datapath) {
        Verdict verdict = answer.verdict();
        return new ExplainView.Answer(
                answer.direction().apiName().toLowerCase(Locale.ROOT),
                answer.pod().toString(),
                answer.here(),
                verdict.allowed(),
                verdict.reason().name().toLowerCase(Locale.ROOT),
                verdict.rule() == null ? "" : verdict.rule().toString(),
                answer.reason(),
                answer.misses(),
                datapath);
    }
}
