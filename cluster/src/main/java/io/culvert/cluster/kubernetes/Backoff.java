// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Pauses between attempts: each twice the one before up to a limit, and each varied by half, so that the agents of a
/// whole cluster do not return to a recovering API server together.
final class Backoff {

    private final Patience patience;
    private final RandomGenerator random;
    private int failures;

    Backoff(Patience patience, RandomGenerator random) {
        this.patience = patience;
        this.random = random;
    }

    void reset() {
        failures = 0;
    }

    Duration next() {
        long first = patience.firstRetry().toMillis();
        // 2^20 pauses of a millisecond are longer than any limit.
        long full = Math.min(patience.lastRetry().toMillis(), first << Math.min(failures, 20));
        failures++;
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }
}
