// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import io.culvert.observability.api.flow.LostEvent;
import io.culvert.observability.api.flow.LostEventSource;
import io.culvert.observability.api.observer.ExportEvent;
import io.culvert.observability.print.HubbleJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lines on a disk that may be full: then they are counted, one line of the log says so, and it is tried again now and
/// then. Once there is room, the file and the log tell how many are missing.
final class ExportFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ExportFile.class);

    private final ExportPlan plan;
    private final long retryNanos;
    private final RotatingFile file;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private volatile String failure = "";
    private long missing;
    private long nextTry;

    ExportFile(ExportPlan plan, Duration retry) {
        this.plan = plan;
        this.retryNanos = retry.toNanos();
        this.file = new RotatingFile(plan.path(), plan.maxBytes(), plan.backups(), plan.compress());
    }

    long written() {
        return written.get();
    }

    /// Flows for whose lines there was no room.
    long dropped() {
        return dropped.get();
    }

    /// Why lines cannot be written now; empty if they can.
    String failure() {
        return failure;
    }

    /// @param line of a flow, with its end
    void write(byte[] line) {
        if (!append(line)) {
            missing++;
            dropped.incrementAndGet();
        }
    }

    /// @param line that tells of lost flows, with its end
    /// @param count of those: who reads the file learns of them later if there is no room now
    void writeLoss(byte[] line, long count) {
        if (!append(line)) {
            missing += count;
        }
    }

    private boolean append(byte[] line) {
        if (!retry()) {
            return false;
        }
        try {
            file.write(line);
            written.incrementAndGet();
            return true;
        } catch (IOException e) {
            fail(e);
            return false;
        }
    }

    /// Tells what is missing, if there is room again.
    ///
    /// @return whether it is worth to write
    boolean retry() {
        if (failure.isEmpty()) {
            return true;
        }
        if (System.nanoTime() - nextTry < 0) {
            return false;
        }
        try {
            file.write(loss(missing));
        } catch (IOException e) {
            fail(e);
            return false;
        }
        LOG.info("export flows to {}: goes on; {} of them are missing", plan.path(), missing);
        failure = "";
        missing = 0;
        return true;
    }

    private static byte[] loss(long count) {
        return line(ExportEvent.newBuilder()
                .setLostEvents(LostEvent.newBuilder()
                        .setSource(LostEventSource.OBSERVER_EVENTS_QUEUE)
                        .setNumEventsLost(count))
                .build());
    }

    /// As it is written.
    static byte[] line(ExportEvent event) {
        return (HubbleJson.text(event) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void fail(IOException e) {
        nextTry = System.nanoTime() + retryNanos;
        if (failure.isEmpty()) {
            LOG.warn(
                    "export flows to {}: {}; they are counted until it can be written again: make room, or set a flow-export-path"
                            + " that can be written",
                    plan.path(),
                    reason(e));
        }
        failure = reason(e);
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException failure) {
            String reason = failure.getReason();
            return reason == null ? e.getClass().getSimpleName().replace("Exception", "") : reason;
        }
        return String.valueOf(e.getMessage());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
