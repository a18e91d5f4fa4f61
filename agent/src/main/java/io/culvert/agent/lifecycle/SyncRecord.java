// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.metrics.AgentMetrics;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.ObjectName;
import io.culvert.servicelb.ApplyResult;
import io.culvert.servicelb.ProgrammingLatency;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;

/// Measures each attempt to bring the kernel up to date, at the moment when its writes are done.
final class SyncRecord {

    private final AgentMetrics metrics;
    private final ProgrammingLatency latency =
            new ProgrammingLatency(Instant.now().minus(ProcessAge.now()), InstantSource.system());
    private volatile Instant last = Instant.EPOCH;

    SyncRecord(AgentMetrics metrics) {
        this.metrics = metrics;
    }

    /// @param failing Services of which a write failed
    synchronized void applied(ClusterUpdate update, ApplyResult result, Set<ObjectName> failing) {
        metrics.programmed(latency.programmed(update, failing));
        measured(result);
    }

    /// @param failing Services of which a write still fails
    synchronized void retried(ApplyResult result, Set<ObjectName> failing) {
        if (result.written().servicesCompiled() > 0) {
            metrics.programmed(latency.settled(failing));
            measured(result);
        }
    }

    private void measured(ApplyResult result) {
        if (result.failing() == 0) {
            last = Instant.now();
        }
        metrics.synced(result);
    }

    /// When the kernel last held all that was wanted.
    Instant last() {
        return last;
    }
}
