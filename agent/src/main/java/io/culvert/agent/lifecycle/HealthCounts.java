// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import java.util.concurrent.atomic.LongAdder;

/// How often probes were answered, by status.
record HealthCounts(ByStatus healthz, ByStatus livez) {

    HealthCounts() {
        this(new ByStatus(new LongAdder(), new LongAdder()), new ByStatus(new LongAdder(), new LongAdder()));
    }

    /// @param ok answers with 200
    /// @param unavailable answers with 503
    record ByStatus(LongAdder ok, LongAdder unavailable) {

        void add(int status) {
            (status == 200 ? ok : unavailable).increment();
        }
    }
}
