// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.FlowAggregation;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.control.ControlServer;
import io.culvert.agent.control.ControlSocket;
import io.culvert.agent.control.FlowListener;
import io.culvert.agent.control.FlowServer;
import io.culvert.agent.control.TlsFiles;
import io.culvert.maps.event.EventLevel;
import io.culvert.maps.event.EventTables;
import io.culvert.observability.export.FlowExport;
import io.culvert.observability.flow.FlowIngest;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.hubble.Hubble;
import io.culvert.observability.otlp.OtlpExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What programs tell of this node's traffic: kept, and shown to observers. It starts when Services are programmed, and
/// nothing else depends on it. While no agent runs, programs tell nothing, or until the ring is full if the agent was
/// killed.
final class NodeFlows implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeFlows.class);

    /// Everything that runs.
    ///
    /// @param store is closed last: whoever reads it must be gone
    record Running(
            FlowStore store,
            WallClock clock,
            FlowIngest ingest,
            FlowMessages messages,
            Hubble hubble,
            Optional<FlowServer> server,
            Optional<FlowListener> listener,
            ExportStart<FlowExport> file,
            ExportStart<OtlpExport> otlp) {}

    private final NodeState state;
    private final Path runDir;
    private final ControlServer control;
    private final EventLevel level;
    private volatile @Nullable Running running;
    private boolean closed;

    NodeFlows(NodeState state, Path runDir, ControlServer control) {
        this.state = state;
        this.runDir = runDir;
        this.control = control;
        this.level = level(state.plan().settings().get(Setting.FLOW_AGGREGATION));
    }

    private static EventLevel level(FlowAggregation aggregation) {
        return switch (aggregation) {
            case OFF -> EventLevel.OFF;
            case MAXIMUM -> EventLevel.MAXIMUM;
            case MEDIUM -> EventLevel.MEDIUM;
            case LOW -> EventLevel.LOW;
            case NONE -> EventLevel.NONE;
        };
    }

    /// Begins when the agent is ready, on a thread of its own.
    void startWhenReady() {
        state.flows().servedBy(this);
        var _ = state.ready().thenRun(() -> {
            var _ = Thread.ofPlatform().daemon().name("start-flows").start(this::start);
        });
    }

    private synchronized void start() {
        if (closed) {
            return;
        }
        EventTables tables = tables();
        // Another agent may have been killed.
        tables.tell(level);
        if (level == EventLevel.OFF) {
            return;
        }
        FlowStore store = new FlowStore(state.plan().settings().get(Setting.FLOW_BUFFER));
        try {
            Running begun = running(tables, store);
            running = begun;
            state.expired().to(begun.ingest()::tell);
            state.shownFlows().begin(store, begun.clock());
        } catch (RuntimeException e) {
            LOG.error("keep flows: {}; the agent goes on without", e.getMessage());
            LOG.debug("keep flows", e);
            tables.tell(EventLevel.OFF);
            store.close();
        }
    }

    private Running running(EventTables tables, FlowStore store) {
        WallClock clock = WallClock.ofSystem();
        FlowIngest ingest =
                FlowIngest.start(tables, store, clock, state.shownFlows().counts()::add);
        try {
            return running(store, clock, ingest);
        } catch (RuntimeException e) {
            // Whoever called closes the store, which the reader must not outlive.
            ingest.close();
            throw e;
        }
    }

    private Running running(FlowStore store, WallClock clock, FlowIngest ingest) {
        FlowMessages messages = new FlowMessages(state.flows().names(), clock);
        FlowContext context = state.flows();
        Hubble hubble = new Hubble(new Hubble.Content(store, messages, clock, context.log(), context.peers()));
        context.log().started(state.started());
        Optional<FlowListener> listener = state.plan()
                .endpoint(Setting.HUBBLE)
                .map(endpoint -> FlowListener.of(endpoint.toSocketAddress(), tls(), control, hubble));
        listener.ifPresent(FlowListener::look);
        ExportStart<FlowExport> file = NodeExport.start(state.plan().settings(), store, messages, context.names());
        ExportStart<OtlpExport> otlp = NodeOtlp.start(state.plan().settings(), store, messages, context.names());
        file.export().ifPresent(state.shownFlows()::writes);
        otlp.export().ifPresent(state.shownFlows()::sends);
        return new Running(store, clock, ingest, messages, hubble, serve(hubble), listener, file, otlp);
    }

    private Optional<TlsFiles.Paths> tls() {
        Settings settings = state.plan().settings();
        return settings.get(Setting.HUBBLE_DISABLE_TLS)
                ? Optional.empty()
                : Optional.of(new TlsFiles.Paths(
                        settings.get(Setting.HUBBLE_TLS_CERT),
                        settings.get(Setting.HUBBLE_TLS_KEY),
                        settings.get(Setting.HUBBLE_TLS_CLIENT_CA)));
    }

    /// Takes certificates that changed, and listens where that was refused. To be called every some seconds.
    void maintain() {
        running().flatMap(Running::listener).ifPresent(FlowListener::look);
    }

    private Optional<FlowServer> serve(Hubble hubble) {
        try {
            return Optional.of(FlowServer.start(ControlSocket.ofFlows(runDir), control, hubble));
        } catch (IOException | IllegalArgumentException e) {
            LOG.error("serve flows in {}: {}; the agent goes on without", runDir, e.getMessage());
            return Optional.empty();
        }
    }

    private EventTables tables() {
        return state.kernel().orElseThrow().datapath().maps().events();
    }

    /// Empty while nothing is told.
    Optional<Running> running() {
        return Optional.ofNullable(running);
    }

    /// Programs tell nothing any more; observers are gone afterwards.
    @Override
    public synchronized void close() {
        closed = true;
        Running present = running;
        running = null;
        if (present != null) {
            tables().tell(EventLevel.OFF);
            present.listener.ifPresent(FlowListener::close);
            present.server.ifPresent(FlowServer::close);
            present.hubble.close();
            present.file.export().ifPresent(FlowExport::close);
            present.otlp.export().ifPresent(OtlpExport::close);
            state.shownFlows().end();
            present.ingest.close();
            present.store.close();
        }
    }
}
