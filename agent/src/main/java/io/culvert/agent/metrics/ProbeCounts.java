// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.metrics;

import java.util.concurrent.atomic.LongAdder;

/// How often probes were answered, by status.
public record ProbeCounts(ByStatus healthz, ByStatus livez) {

    public ProbeCounts() {
        this(new ByStatus(new LongAdder(), new LongAdder()), new ByStatus(new LongAdder(), new LongAdder()));
    }

    /// @param ok answers with 200
    /// @param unavailable answers with 503
    public record ByStatus(LongAdder ok, LongAdder unavailable) {

        public void add(int status) {
            (status == 200 ? ok : unavailable).increment();
        }
    }
}
