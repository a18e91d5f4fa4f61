// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A stream to one observer, written by one thread that waits while the observer takes no more.
///
/// @param <M> its messages
final class Observation<M> {

    /// Bytes that may wait for an observer: a thousand that stopped hold as many times this.
    private static final int WAITING = 8 << 10;

    private final ServerCallStreamObserver<M> call;
    private volatile @Nullable Thread writer;

    /// @param answer as the call gave it; call this before the call returns
    Observation(StreamObserver<M> answer) {
        call = (ServerCallStreamObserver<M>) answer;
        call.setOnReadyThreshold(WAITING);
        call.setOnReadyHandler(this::wake);
        call.setOnCancelHandler(this::cancel);
    }

    private void wake() {
        LockSupport.unpark(writer);
    }

    private void cancel() {
        Thread present = writer;
        if (present != null) {
            present.interrupt();
        }
    }

    /// The thread that writes from now on.
    void writtenBy(Thread thread) {
        writer = thread;
        if (call.isCancelled()) {
            thread.interrupt();
        }
    }

    /// Waits until the observer takes more.
    ///
    /// @return false if it is gone
    /// @throws InterruptedException if the thread is interrupted, as it is when the observer goes
    boolean awaitReady() throws InterruptedException {
        while (!call.isReady() && !call.isCancelled()) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return !call.isCancelled();
    }

    /// Waits until the observer is gone.
    ///
    /// @throws InterruptedException as [#awaitReady]
    void awaitEnd() throws InterruptedException {
        while (!call.isCancelled()) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    boolean isGone() {
        return call.isCancelled();
    }

    void send(M message) {
        call.onNext(message);
    }

    void complete() {
        call.onCompleted();
    }

    void fail(Throwable status) {
        call.onError(status);
    }
}
