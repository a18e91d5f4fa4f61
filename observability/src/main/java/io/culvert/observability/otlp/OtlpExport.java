// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.otlp;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.filter.FlowSelection;
import io.culvert.observability.flow.FlowCursor;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.names.FlowNames;
import io.opentelemetry.sdk.logs.data.LogRecordData;
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
/// when it
/// is there again. Others do not notice.
public final class OtlpExport implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OtlpExport.class);
    private static final int BATCH = 512;
    private static final Duration IDLE = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /// A batch that is not taken for so long is given up: it may be what the collector does not like.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final OtlpPlan plan;
    private final FlowCursor cursor;
    private final FlowMessages messages;
    private final FlowSelection selection;
    private final FlowRecords records;
    private final Collector collector;
    private final Thread thread;
    private final List<LogRecordData> batch = new ArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private int flows;
    private long untold;
    private boolean failing;
    private volatile boolean closed;

    private OtlpExport(OtlpPlan plan, FlowStore store, FlowMessages messages, FlowNames names) {
        this.plan = plan;
        this.cursor = store.cursor(store.written());
        this.messages = messages;
        this.selection = plan.selection(names);
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
                int looked = read();
                lose(cursor.takeLost());
                if (untold > 0) {
                    batch.add(records.lost(untold, "the collector was away or slow", Instant.now()));
                }
                if (!batch.isEmpty()) {
                    send();
                }
                if (looked == 0) {
                    boolean _ = cursor.await(IDLE);
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

    private int read() {
        try {
            return cursor.read(selection.raw(), BATCH, this::take);
        } catch (CorruptRecordException e) {
            LOG.debug("read a flow: {}", e.getMessage());
            return 1;
        }
    }

    private void take(Event event) {
        if (event.kind() == EventKind.LOST) {
            long count = event.detail().first();
            batch.add(records.lost(count, "no room in the kernel's ring", Instant.now()));
            return;
        }
        Flow flow = messages.flow(event);
        if (selection.test(flow)) {
            batch.add(records.flow(flow));
            flows++;
        }
    }

    /// Until it is taken or given up.
    private void send() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<String> failure = collector.send(batch);
        while (failure.isPresent() && !closed && System.nanoTime() - deadline < 0) {
            warn(failure.get());
            Thread.sleep(RETRY);
            failure = collector.send(batch);
        }
        if (failure.isPresent()) {
            warn(failure.get());
            lose(flows);
        } else {
            sent.addAndGet(flows);
            untold = 0;
            if (failing) {
                LOG.info("export flows to {}: the collector takes them again", plan.endpoint());
                failing = false;
            }
        }
        batch.clear();
        flows = 0;
    }

    private void warn(String reason) {
        if (!failing) {
            LOG.warn(
                    "export flows to {}: {}; tried again each second, see whether the collector runs and is reached",
                    plan.endpoint(),
                    reason);
            failing = true;
        }
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
