// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.observer.ExportEvent;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.filter.FlowSelection;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.names.FlowNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An observer that writes flows as lines of JSON, on a thread of its own. What it cannot write it counts, and tells in
/// the file and once in the log; others do not notice.
public final class FlowExport implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FlowExport.class);
    private static final int BATCH = 256;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ExportPlan plan;
    private final FlowMessages messages;
    private final FlowSelection selection;
    private final FollowedFlows followed;
    private final ExportFile file;
    private final Thread thread;
    private final AtomicLong overtaken = new AtomicLong();
    private volatile boolean closed;

    private FlowExport(ExportPlan plan, FlowStore store, FlowMessages messages, FlowNames names) {
        this.plan = plan;
        this.messages = messages;
        this.selection = plan.selection(names);
        this.followed = new FollowedFlows(
                store, selection, messages, BATCH, this::write, loss -> write(messages.response(loss)));
        this.file = new ExportFile(plan, RETRY);
        this.thread = Thread.ofPlatform().name("flow-export").daemon().unstarted(this::run);
    }

    /// Begins with the flows that come.
    ///
    /// @throws io.culvert.observability.filter.MalformedFilterException if the plan has a filter that means nothing
    public static FlowExport start(ExportPlan plan, FlowStore store, FlowMessages messages, FlowNames names) {
        FlowExport export = new FlowExport(plan, store, messages, names);
        export.thread.start();
        return export;
    }

    private void run() {
        try {
            while (!closed) {
                boolean found = followed.read();
                long lost = followed.takeLost();
                if (lost > 0) {
                    overtaken.addAndGet(lost);
                    write(messages.overtaken(lost, InstantSource.system().instant()));
                }
                if (!found) {
                    file.retry();
                    followed.await();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Flow flow) {
        file.write(ExportFile.line(ExportEvent.newBuilder()
                .setFlow(selection.show(flow))
                .setNodeName(flow.getNodeName())
                .setTime(flow.getTime())
                .build()));
    }

    private void write(GetFlowsResponse loss) {
        byte[] line = ExportFile.line(ExportEvent.newBuilder()
                .setLostEvents(loss.getLostEvents())
                .setNodeName(loss.getNodeName())
                .setTime(loss.getTime())
                .build());
        file.writeLoss(line, loss.getLostEvents().getNumEventsLost());
    }

    /// The file that is being written.
    public Path path() {
        return plan.path();
    }

    /// Why lines cannot be written now; empty if they can.
    public String failure() {
        return file.failure();
    }

    /// Lines that are in files.
    public long written() {
        return file.written();
    }

    /// Flows that were overwritten before they were looked at, or for whose lines there was no room.
    public long lost() {
        return overtaken.get() + file.dropped();
    }

    /// Ends after the flows that it is at.
    @Override
    public void close() {
        // Not interrupted: that would close the file under it.
        closed = true;
        try {
            thread.join();
            file.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("close {}: {}; see whether its last line is whole", plan.path(), e.getMessage());
        }
    }
}
