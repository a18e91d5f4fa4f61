// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.export;

import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.filter.FlowSelection;
import io.culvert.observability.flow.FlowCursor;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.hubble.FlowMessages;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The flows that come from now on, as an exporter wants them. Belongs to one thread.
public final class FollowedFlows {

    private static final Logger LOG = LoggerFactory.getLogger(FollowedFlows.class);
    private static final Duration IDLE = Duration.ofMillis(200);

    private final FlowCursor cursor;
    private final FlowSelection selection;
    private final FlowMessages messages;
    private final int batch;
    private final Consumer<Flow> flows;
    private final Consumer<Event> losses;

    /// @param batch so many are looked at in one go
    /// @param flows takes those that are wanted
    /// @param losses takes what tells that the kernel had no room for some
    public FollowedFlows(
            FlowStore store,
            FlowSelection selection,
            FlowMessages messages,
            int batch,
            Consumer<Flow> flows,
            Consumer<Event> losses) {
        this.cursor = store.cursor(store.written());
        this.selection = selection;
        this.messages = messages;
        this.batch = batch;
        this.flows = flows;
        this.losses = losses;
    }

    /// Hands over those that came.
    ///
    /// @return whether there were any to look at
    public boolean read() {
        try {
            return cursor.read(selection.raw(), batch, this::take) > 0;
        } catch (CorruptRecordException e) {
            LOG.debug("read a flow: {}", e.getMessage());
            return true;
        }
    }

    private void take(Event event) {
        if (event.kind() == EventKind.LOST) {
            losses.accept(event);
            return;
        }
        Flow flow = messages.flow(event);
        if (selection.test(flow)) {
            flows.accept(flow);
        }
    }

    /// How many were overwritten before they were looked at, since this was last asked.
    public long takeLost() {
        return cursor.takeLost();
    }

    /// Waits until there are some, not for ever.
    ///
    /// @throws InterruptedException if the thread is interrupted
    public void await() throws InterruptedException {
        boolean _ = cursor.await(IDLE);
    }
}
