// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.fakeapi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// The wrong answers that are still to be given.
final class Troubles {

    private static final class Trouble {
        private final Predicate<Request> requests;
        private final Answer answer;
        private int left;

        Trouble(Predicate<Request> requests, Answer answer, int left) {
            this.requests = requests;
            this.answer = answer;
            this.left = left;
        }
    }

    private final List<Trouble> troubles = new ArrayList<>();
    private CountDownLatch silence = new CountDownLatch(1);

    synchronized void add(Predicate<Request> requests, Answer answer, int times) {
        troubles.add(new Trouble(requests, answer, times));
    }

    synchronized Optional<Answer> take(Request request) {
        for (Trouble trouble : troubles) {
            if (trouble.left > 0 && trouble.requests.test(request)) {
                trouble.left--;
                return Optional.of(trouble.answer);
            }
        }
        return Optional.empty();
    }

    synchronized void release() {
        troubles.clear();
        silence.countDown();
        silence = new CountDownLatch(1);
    }

    /// Waits for [#release].
    void keepSilent() throws InterruptedException {
        current().await();
    }

    /// Waits for this long, or for [#release].
    void keepSilent(Duration delay) throws InterruptedException {
        var _ = current().await(delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized CountDownLatch current() {
        return silence;
    }
}
