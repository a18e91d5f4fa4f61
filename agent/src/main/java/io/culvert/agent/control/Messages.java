// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.Attachment;
import io.culvert.agent.control.v1.Backend;
import io.culvert.agent.control.v1.Fact;
import io.culvert.agent.control.v1.Frontend;
import io.culvert.agent.control.v1.Problem;
import io.culvert.agent.control.v1.Source;
import io.culvert.agent.control.v1.Status;
import io.culvert.agent.control.v1.Table;
import io.culvert.agent.view.AddressRow;
import io.culvert.agent.view.BackendRow;
import io.culvert.agent.view.FrontendRow;
import io.culvert.agent.view.StatusView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Views as messages of `control.proto`, and back.
final class Messages {

    private Messages() {}

    static Frontend of(FrontendRow row) {
        Frontend.Builder message = Frontend.newBuilder()
                .setNamespace(row.namespace())
                .setName(row.name())
                .setPortName(row.portName())
                .setType(row.type())
                .setAddress(row.frontend().address())
                .setPort(row.frontend().port())
                .setProtocol(row.frontend().protocol())
                .setAlgorithm(row.algorithm())
                .setForwardingMode(row.forwardingMode())
                .setInternalTrafficPolicy(row.internalTrafficPolicy())
                .setExternalTrafficPolicy(row.externalTrafficPolicy())
                .setSessionAffinity(row.sessionAffinity());
        message.addAllSourceRanges(row.sourceRanges());
        row.backends().forEach(backend -> message.addBackends(of(backend)));
        return message.build();
    }

    static FrontendRow of(Frontend message) {
        return new FrontendRow(
                message.getNamespace(),
                message.getName(),
                message.getPortName(),
                message.getType(),
                new AddressRow(message.getAddress(), message.getPort(), message.getProtocol()),
                message.getAlgorithm(),
                message.getForwardingMode(),
                message.getInternalTrafficPolicy(),
                message.getExternalTrafficPolicy(),
                message.getSessionAffinity(),
                List.copyOf(message.getSourceRangesList()),
                message.getBackendsList().stream().map(Messages::of).toList());
    }

    private static Backend of(BackendRow row) {
        return Backend.newBuilder()
                .setAddress(row.address())
                .setPort(row.port())
                .setState(row.state())
                .setNode(orEmpty(row.node()))
                .setZone(orEmpty(row.zone()))
                .setLocal(row.local())
                .setWeight(row.weight())
                .setId(row.id())
                .build();
    }

    private static BackendRow of(Backend message) {
        return new BackendRow(
                message.getAddress(),
                message.getPort(),
                message.getState(),
                orNull(message.getNode()),
                orNull(message.getZone()),
                message.getLocal(),
                message.getWeight(),
                message.getId());
    }

    static Status of(StatusView view) {
        Status.Builder message = Status.newBuilder()
                .setVersion(view.version())
                .setPid(view.pid())
                .setNode(view.node())
                .setStarted(Instant.parse(view.started()).toEpochMilli())
                .setReadyAfter(view.readyAfterMillis())
                .setServices(view.services())
                .setBackends(view.backends());
        view.sources()
                .forEach(source -> message.addSources(Source.newBuilder()
                        .setName(source.name())
                        .setCondition(source.condition())
                        .setDetail(source.detail())));
        view.attachments()
                .forEach(attached -> message.addAttachments(
                        Attachment.newBuilder().setTarget(attached.target()).setDescription(attached.description())));
        view.tables()
                .forEach(table -> message.addTables(Table.newBuilder()
                        .setName(table.name())
                        .setUsed(table.used())
                        .setCapacity(table.capacity())));
        view.problems()
                .forEach(trouble -> message.addProblems(Problem.newBuilder()
                        .setSeverity(trouble.severity())
                        .setSubject(trouble.subject())
                        .setMessage(trouble.message())
                        .setRemedy(trouble.remedy())));
        view.facts()
                .forEach(fact ->
                        message.addFacts(Fact.newBuilder().setName(fact.name()).setValue(fact.value())));
        return message.build();
    }

    static StatusView of(Status message) {
        return new StatusView(
                message.getVersion(),
                message.getPid(),
                message.getNode(),
                Instant.ofEpochMilli(message.getStarted()).toString(),
                message.getReadyAfter(),
                message.getServices(),
                message.getBackends(),
                message.getSourcesList().stream()
                        .map(source ->
                                new StatusView.Source(source.getName(), source.getCondition(), source.getDetail()))
                        .toList(),
                message.getAttachmentsList().stream()
                        .map(attached -> new StatusView.Attached(attached.getTarget(), attached.getDescription()))
                        .toList(),
                message.getTablesList().stream()
                        .map(table -> new StatusView.Table(table.getName(), table.getUsed(), table.getCapacity()))
                        .toList(),
                message.getProblemsList().stream()
                        .map(problem -> new StatusView.Trouble(
                                problem.getSeverity(), problem.getSubject(), problem.getMessage(), problem.getRemedy()))
                        .toList(),
                message.getFactsList().stream()
                        .map(fact -> new StatusView.Fact(fact.getName(), fact.getValue()))
                        .toList());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
