// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.ExplainServiceRequest;
import io.culvert.agent.control.v1.ServiceExplanation;
import io.culvert.agent.control.v1.ServicePath;
import io.culvert.agent.control.v1.ServiceStep;
import io.culvert.agent.view.ServiceExplainView;
import io.culvert.net.Protocol;
import java.util.Optional;
import java.util.OptionalInt;

/// Explanations of Services as messages of `control.proto`, and back.
final class ServiceExplanationMessages {

    private ServiceExplanationMessages() {}

    static ExplainServiceRequest of(ServiceQuery query) {
        ExplainServiceRequest.Builder request =
                ExplainServiceRequest.newBuilder().setService(query.service()).setClient(query.client());
        query.port().ifPresent(request::setPort);
        query.protocol().map(Protocol::name).ifPresent(request::setProtocol);
        return request.build();
    }

    static ServiceQuery of(ExplainServiceRequest request) {
        return new ServiceQuery(
                request.getService(),
                request.getClient(),
                request.hasPort() ? OptionalInt.of(request.getPort()) : OptionalInt.empty(),
                request.getProtocol().isEmpty()
                        ? Optional.empty()
                        : Optional.of(Protocol.valueOf(request.getProtocol())));
    }

    static ServiceExplanation of(ServiceExplainView view) {
        return ServiceExplanation.newBuilder()
                .setService(view.service())
                .setClient(view.client())
                .addAllPaths(view.paths().stream()
                        .map(ServiceExplanationMessages::of)
                        .toList())
                .build();
    }

    static ServiceExplainView of(ServiceExplanation message) {
        return new ServiceExplainView(
                message.getService(),
                message.getClient(),
                message.getPathsList().stream()
                        .map(ServiceExplanationMessages::of)
                        .toList());
    }

    private static ServicePath of(ServiceExplainView.Path path) {
        return ServicePath.newBuilder()
                .setSource(path.source())
                .setFrontend(path.frontend())
                .setType(path.type())
                .setPortName(path.portName())
                .addAllSteps(path.steps().stream()
                        .map(step -> ServiceStep.newBuilder()
                                .setTable(step.table())
                                .setEntry(step.entry())
                                .setMeaning(step.meaning())
                                .build())
                        .toList())
                .setOutcome(path.outcome())
                .setDatapath(path.datapath())
                .setAgrees(path.agrees())
                .build();
    }

    private static ServiceExplainView.Path of(ServicePath message) {
        return new ServiceExplainView.Path(
                message.getSource(),
                message.getFrontend(),
                message.getType(),
                message.getPortName(),
                message.getStepsList().stream()
                        .map(step -> new ServiceExplainView.Step(step.getTable(), step.getEntry(), step.getMeaning()))
                        .toList(),
                message.getOutcome(),
                message.getDatapath(),
                message.getAgrees());
    }
}
