// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How calls are answered: whole, or with an error that says why not.
final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private Answers() {}

    /// Sends one message.
    static <M> void one(Supplier<M> message, StreamObserver<M> answer) {
        try {
            answer.onNext(message.get());
            answer.onCompleted();
        } catch (RuntimeException e) {
            fail(answer, e);
        }
    }

    /// Sends as fast as the reader takes, so that a long list is never twice in memory.
    static <T, M> void stream(Supplier<List<T>> items, Function<T, M> message, StreamObserver<M> answer) {
        try {
            ServerCallStreamObserver<M> call = (ServerCallStreamObserver<M>) answer;
            Iterator<T> rest = items.get().iterator();
            AtomicBoolean open = new AtomicBoolean(true);
            call.setOnReadyHandler(() -> {
                while (call.isReady() && rest.hasNext()) {
                    call.onNext(message.apply(rest.next()));
                }
                if (!rest.hasNext() && open.getAndSet(false)) {
                    call.onCompleted();
                }
            });
        } catch (RuntimeException e) {
            fail(answer, e);
        }
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
