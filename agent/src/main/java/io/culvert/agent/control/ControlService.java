// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.AffinityEntry;
import io.culvert.agent.control.v1.AuditReport;
import io.culvert.agent.control.v1.AuditRequest;
import io.culvert.agent.control.v1.Connection;
import io.culvert.agent.control.v1.ConnectionFilter;
import io.culvert.agent.control.v1.ControlGrpc;
import io.culvert.agent.control.v1.ExplainServiceRequest;
import io.culvert.agent.control.v1.FlushedConnections;
import io.culvert.agent.control.v1.Frontend;
import io.culvert.agent.control.v1.GetStatusRequest;
import io.culvert.agent.control.v1.ListAffinityRequest;
import io.culvert.agent.control.v1.ListFrontendsRequest;
import io.culvert.agent.control.v1.ServiceExplanation;
import io.culvert.agent.control.v1.Status;
import io.grpc.stub.StreamObserver;

/// Answers the calls of service Control from a [NodeView].
final class ControlService extends ControlGrpc.ControlImplBase {

    private final NodeView node;

    ControlService(NodeView node) {
        this.node = node;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<Status> answer) {
        Answers.one(() -> Messages.of(node.status()), answer);
    }

    @Override
    public void listFrontends(ListFrontendsRequest request, StreamObserver<Frontend> answer) {
        Answers.stream(() -> node.frontends(request.getNamespace(), request.getService()), Messages::of, answer);
    }

    @Override
    public void listConnections(ConnectionFilter request, StreamObserver<Connection> answer) {
        Answers.stream(() -> node.connections(ConnectionMessages.of(request)), ConnectionMessages::of, answer);
    }

    @Override
    public void flushConnections(ConnectionFilter request, StreamObserver<FlushedConnections> answer) {
        Answers.one(
                () -> FlushedConnections.newBuilder()
                        .setCount(node.flush(ConnectionMessages.of(request)))
                        .build(),
                answer);
    }

    @Override
    public void listAffinity(ListAffinityRequest request, StreamObserver<AffinityEntry> answer) {
        Answers.stream(node::affinity, ConnectionMessages::of, answer);
    }

    @Override
    public void explainService(ExplainServiceRequest request, StreamObserver<ServiceExplanation> answer) {
        Answers.one(() -> ServiceExplanationMessages.of(node.explain(ServiceExplanationMessages.of(request))), answer);
    }

    @Override
    public void audit(AuditRequest request, StreamObserver<AuditReport> answer) {
        Answers.one(() -> AuditMessages.of(node.audit(request.getRepair())), answer);
    }
}
