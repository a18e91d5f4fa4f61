// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.otlp;

import io.culvert.maps.event.Event;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.export.FollowedFlows;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.names.FlowNames;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An observer that sends flows to a collector of OpenTelemetry, on a thread of its own. While the collector is away or
/// slow, flows wait in the store, where later ones overwrite them; what is lost is counted, and told to the collector
/// when it is there again. Others do not notice.
public final class OtlpExport implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OtlpExport.class);
    private static final int BATCH = 512;
    private static final Duration RETRY = Duration.ofSeconds(1);

    /// A batch that is not taken for so long is given up: it may be what the collector does not like.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final OtlpPlan plan;
    private final FollowedFlows followed;
    private final FlowRecords records;
    private final Collector collector;
    private final Thread thread;
    private final List<LogRecordData> batch = new ArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private int flows;
    private long untold;
    private volatile String failure = "";
    private volatile boolean closed;

    private OtlpExport(OtlpPlan plan, FlowStore store, FlowMessages messages, FlowNames names) {
        this.plan = plan;
        this.followed = new FollowedFlows(store, plan.selection(names), messages, BATCH, this::take, this::takeLoss);
        this.records = new FlowRecords(messages.node());
        this.collector = Collector.of(plan);
        this.thread = Thread.ofPlatform().name("flow-otlp").daemon().unstarted(this::run);
    }

    /// Begins with the flows that come.
    ///
    /// @throws io.culvert.observability.filter.MalformedFilterException if the plan has a filter that means nothing
    /// @throws RuntimeException if files of TLS cannot be used
    public static OtlpExport start(OtlpPlan plan, FlowStore store, FlowMessages messages, FlowNames names) {
        OtlpExport export = new OtlpExport(plan, store, messages, names);
        export.thread.start();
        return export;
    }

    private void run() {
        try {
            while (!closed) {
                boolean found = followed.read();
                lose(followed.takeLost());
                if (untold > 0) {
                    batch.add(records.lost(untold, "the collector was away or slow", Instant.now()));
                }
                if (!batch.isEmpty()) {
                    send();
                }
                if (!found) {
                    followed.await();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lose(long count) {
        lost.addAndGet(count);
        untold += count;
    }

    private void take(Flow flow) {
        batch.add(records.flow(flow));
        flows++;
    }

    private void takeLoss(Event loss) {
        batch.add(records.lost(loss.detail().first(), "no room in the kernel's ring", Instant.now()));
    }

    /// Until it is taken or given up.
    private void send() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<String> reason = collector.send(batch);
        while (reason.isPresent() && !closed && System.nanoTime() - deadline < 0) {
            warn(reason.get());
            Thread.sleep(RETRY);
            reason = collector.send(batch);
        }
        if (reason.isPresent()) {
            warn(reason.get());
            lose(flows);
        } else {
            sent.addAndGet(flows);
            untold = 0;
            if (!failure.isEmpty()) {
                LOG.info("export flows to {}: the collector takes them again", plan.endpoint());
                failure = "";
            }
        }
        batch.clear();
        flows = 0;
    }

    private void warn(String reason) {
        if (failure.isEmpty()) {
            LOG.warn(
                    "export flows to {}: {}; tried again each second, see whether the collector runs and is reached",
                    plan.endpoint(),
                    reason);
        }
        failure = reason;
    }

    /// The collector.
    public URI endpoint() {
        return plan.endpoint();
    }

    /// Why it does not take flows now; empty if it does.
    public String failure() {
        return failure;
    }

    /// Flows that the collector took.
    public long sent() {
        return sent.get();
    }

    /// Flows that were overwritten before they were sent, or that it did not take.
    public long lost() {
        return lost.get();
    }

    /// Ends at once; what was not sent is not.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        collector.close();
    }
}
