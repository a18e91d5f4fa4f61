// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The streams that are open, each with a virtual thread of its own: one that waits costs some kilobytes.
final class Observations implements AutoCloseable {

    /// Streams at once; whoever comes then is told so.
    static final int LIMIT = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(Observations.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final int limit;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// What a stream does until it has no more to say.
    interface Work {
        void run() throws InterruptedException;
    }

    /// @param limit streams at once
    Observations(int limit) {
        this.limit = limit;
    }

    /// Answers a call by a thread of its own.
    ///
    /// @param work is made before this returns; what it throws is the answer
    <M> void open(StreamObserver<M> answer, Function<Observation<M>, Work> work) {
        if (closed || threads.size() >= limit) {
            answer.onError((closed ? Status.UNAVAILABLE : Status.RESOURCE_EXHAUSTED)
                    .withDescription(closed ? "the agent is stopping" : limit + " observers are there; try again later")
                    .asRuntimeException());
            return;
        }
        try {
            Observation<M> observation = new Observation<>(answer);
            Work made = work.apply(observation);
            Thread thread = Thread.ofVirtual().name("observer").unstarted(() -> run(observation, made));
            threads.add(thread);
            observation.writtenBy(thread);
            thread.start();
        } catch (StatusRuntimeException e) {
            answer.onError(e);
        }
    }

    private void run(Observation<?> observation, Work work) {
        try {
            work.run();
            if (!observation.isGone()) {
                observation.complete();
            }
        } catch (InterruptedException e) {
            if (!observation.isGone()) {
                observation.fail(Status.UNAVAILABLE
                        .withDescription("the agent is stopping")
                        .asRuntimeException());
            }
        } catch (RuntimeException e) {
            fail(observation, e);
        } finally {
            threads.remove(Thread.currentThread());
        }
    }

    private static void fail(Observation<?> observation, RuntimeException exception) {
        if (observation.isGone()) {
            return;
        }
        if (exception instanceof StatusRuntimeException) {
            observation.fail(exception);
            return;
        }
        LOG.error("answer an observer: {}", exception.toString());
        LOG.debug("answer an observer", exception);
        observation.fail(Status.INTERNAL.withDescription(exception.toString()).asRuntimeException());
    }

    /// How many streams are open.
    int size() {
        return threads.size();
    }

    /// Ends all of them.
    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                boolean _ = thread.join(PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
