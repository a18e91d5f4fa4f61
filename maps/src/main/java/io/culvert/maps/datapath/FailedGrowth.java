// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Remembers for a second that growth failed. Every attempt loads all programs, and a writer of many entries would make
/// one for each of them, while whoever asks for the status waits.
final class FailedGrowth {

    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private @Nullable RuntimeException failure;
    private long until;

    /// Runs `growth`, unless it failed just now.
    ///
    /// @throws RuntimeException what it throws, or threw then
    synchronized void attempt(Runnable growth) {
        if (failure != null && System.nanoTime() - until < 0) {
            throw failure;
        }
        try {
            growth.run();
            failure = null;
        } catch (RuntimeException e) {
            failure = e;
            until = System.nanoTime() + PAUSE;
            throw e;
        }
    }
}
