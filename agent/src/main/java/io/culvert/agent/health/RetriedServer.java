// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server of the agent that may not get its address at first: another has it, kube-proxy most likely. It is tried
/// again until it does. May be used from any thread.
public final class RetriedServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RetriedServer.class);

    /// Opens the server.
    @FunctionalInterface
    public interface Opening {

        HttpListener open() throws IOException;
    }

    /// @param option that says where it listens, for messages
    /// @param address as text
    /// @param eventReason of the Event on this node's Node
    public record Purpose(String option, String address, String eventReason) {}

    private final Purpose purpose;
    private final ObjectName node;
    private final EventSink events;
    private final Opening opening;
    private @Nullable HttpListener server;
    private @Nullable String refusal;
    private boolean closed;

    public RetriedServer(Purpose purpose, ObjectName node, EventSink events, Opening opening) {
        this.purpose = purpose;
        this.node = node;
        this.events = events;
        this.opening = opening;
    }

    /// Opens it unless it is open.
    ///
    /// @return what kept it from opening, one line; empty if it is open
    public synchronized Optional<String> attempt() {
        if (server != null || closed) {
            return Optional.empty();
        }
        try {
            server = opening.open();
            if (refusal != null) {
                LOG.info("listening on {} now", purpose.address);
            }
            refusal = null;
        } catch (IOException e) {
            refused("listen on " + purpose.address + ": " + e.getMessage()
                    + "; stop what listens there (kube-proxy does), or choose another " + purpose.option);
        }
        return Optional.ofNullable(refusal);
    }

    private void refused(String reason) {
        if (!reason.equals(refusal)) {
            refusal = reason;
            LOG.error("{}; it is tried again", reason);
            events.post(ObjectKind.NODE, node, purpose.eventReason, reason);
        }
    }

    public synchronized Optional<HttpListener> server() {
        return Optional.ofNullable(server);
    }

    /// What keeps it from listening, for people.
    public synchronized Optional<Problem> problem() {
        return Optional.ofNullable(refusal).map(reason -> Problem.error(purpose.option, reason, ""));
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (server != null) {
            server.close();
        }
    }
}
