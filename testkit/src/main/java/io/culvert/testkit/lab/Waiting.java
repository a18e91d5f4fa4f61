// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for a condition that nothing announces.
final class Waiting {

    private static final long PERIOD_NANOS = 5_000_000;

    private Waiting() {}

    /// @throws LabException with `failure` if the condition did not come true in time
    static void until(Duration patience, BooleanSupplier condition, Supplier<String> failure) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new LabException(failure.get());
            }
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }
}
