// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.Explanation;
import io.culvert.agent.control.v1.PolicyAnswer;
import io.culvert.agent.control.v1.PolicyPath;
import io.culvert.agent.view.ExplainView;
import java.util.List;

/// Explanations as messages of `control.proto`, and back.
final class ExplanationMessages {

    private ExplanationMessages() {}

    static Explanation of(ExplainView view) {
        return Explanation.newBuilder()
                .addAllPaths(view.paths().stream().map(ExplanationMessages::of).toList())
                .addAllWarnings(view.warnings())
                .addAllNotes(view.notes())
                .build();
    }

    static ExplainView of(Explanation message) {
        return new ExplainView(
                message.getPathsList().stream().map(ExplanationMessages::of).toList(),
                List.copyOf(message.getWarningsList()),
                List.copyOf(message.getNotesList()));
    }

    private static PolicyPath of(ExplainView.Path path) {
        return PolicyPath.newBuilder()
                .setSource(path.source())
                .setSourcePod(path.sourcePod())
                .setDestination(path.destination())
                .setDestinationPod(path.destinationPod())
                .setProtocol(path.protocol())
                .setPort(path.port())
                .setAllowed(path.allowed())
                .addAllAnswers(
                        path.answers().stream().map(ExplanationMessages::of).toList())
                .build();
    }

    private static ExplainView.Path of(PolicyPath message) {
        return new ExplainView.Path(
                message.getSource(),
                message.getSourcePod(),
                message.getDestination(),
                message.getDestinationPod(),
                message.getProtocol(),
                message.getPort(),
                message.getAllowed(),
                message.getAnswersList().stream().map(ExplanationMessages::of).toList());
    }

    private static PolicyAnswer of(ExplainView.Answer answer) {
        return PolicyAnswer.newBuilder()
                .setDirection(answer.direction())
                .setPod(answer.pod())
                .setLocal(answer.local())
                .setAllowed(answer.allowed())
                .setBy(answer.by())
                .setRule(answer.rule())
                .setReason(answer.reason())
                .addAllMisses(answer.misses())
                .setDatapath(answer.datapath())
                .build();
    }

    private static ExplainView.Answer of(PolicyAnswer message) {
        return new ExplainView.Answer(
                message.getDirection(),
                message.getPod(),
                message.getLocal(),
                message.getAllowed(),
                message.getBy(),
                message.getRule(),
                message.getReason(),
                List.copyOf(message.getMissesList()),
                message.getDatapath());
    }
}
