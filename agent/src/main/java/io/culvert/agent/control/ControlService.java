// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.AffinityEntry;
import io.culvert.agent.control.v1.AuditReport;
import io.culvert.agent.control.v1.AuditRequest;
import io.culvert.agent.control.v1.Connection;
import io.culvert.agent.control.v1.ConnectionFilter;
import io.culvert.agent.control.v1.ControlGrpc;
import io.culvert.agent.control.v1.FlushedConnections;
import io.culvert.agent.control.v1.Frontend;
import io.culvert.agent.control.v1.GetStatusRequest;
import io.culvert.agent.control.v1.ListAffinityRequest;
import io.culvert.agent.control.v1.ListFrontendsRequest;
import io.culvert.agent.control.v1.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the calls of `control.proto` from a [NodeView].
final class ControlService extends ControlGrpc.ControlImplBase {

    private static final Logger LOG = LoggerFactory.getLogger(ControlService.class);

    private final NodeView node;

    ControlService(NodeView node) {
        this.node = node;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<Status> answer) {
        try {
            answer.onNext(Messages.of(node.status()));
            answer.onCompleted();
        } catch (RuntimeException e) {
            fail(answer, e);
        }
    }

    @Override
    public void listFrontends(ListFrontendsRequest request, StreamObserver<Frontend> answer) {
        try {
            stream(node.frontends(request.getNamespace(), request.getService()), Messages::of, answer);
        } catch (RuntimeException e) {
            fail(answer, e);
        }
    }

    @Override
    public void listConnections(ConnectionFilter request, StreamObserver<Connection> answer) {
        try {
            stream(node.connections(ConnectionMessages.of(request)), ConnectionMessages::of, answer);
        } catch (RuntimeException e) {
            fail(answer, e);
        }
    }

    @Override
    public void flushConnections(ConnectionFilter request, StreamObserver<FlushedConnections> answer) {
        try {
            int count = node.flush(ConnectionMessages.of(request));
            answer.onNext(FlushedConnections.newBuilder().setCount(count).build());
            answer.onCompleted();
        } catch (RuntimeException e) {
            fail(answer, e);
        }
    }

    @Override
    public void listAffinity(ListAffinityRequest request, StreamObserver<AffinityEntry> answer) {
        try {
            stream(node.affinity(), ConnectionMessages::of, answer);
        } catch (RuntimeException e) {
            fail(answer, e);
        }
    }

    @Override
    public void audit(AuditRequest request, StreamObserver<AuditReport> answer) {
        try {
            answer.onNext(AuditMessages.of(node.audit(request.getRepair())));
            answer.onCompleted();
        } catch (RuntimeException e) {
            fail(answer, e);
        }
    }

    /// Sends as fast as the reader takes, so that a long list is never twice in memory.
    private static <T, M> void stream(List<T> items, Function<T, M> message, StreamObserver<M> answer) {
        ServerCallStreamObserver<M> call = (ServerCallStreamObserver<M>) answer;
        Iterator<T> rest = items.iterator();
        AtomicBoolean open = new AtomicBoolean(true);
        call.setOnReadyHandler(() -> {
            while (call.isReady() && rest.hasNext()) {
                call.onNext(message.apply(rest.next()));
            }
            if (!rest.hasNext() && open.getAndSet(false)) {
                call.onCompleted();
            }
        });
    }

    private static void fail(StreamObserver<?> answer, RuntimeException exception) {
        if (exception instanceof UnknownObjectException) {
            answer.onError(io.grpc.Status.NOT_FOUND
                    .withDescription(exception.getMessage())
                    .asRuntimeException());
            return;
        }
        LOG.error("answer the command line: {}", exception.toString());
        LOG.debug("answer the command line", exception);
        answer.onError(
                io.grpc.Status.INTERNAL.withDescription(exception.toString()).asRuntimeException());
    }
}
