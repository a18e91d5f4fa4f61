// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.util.List;
import java.util.stream.Stream;

/// The Hubble API of one node: what a server serves, on whatever it listens. Many servers may serve it.
public final class Hubble implements AutoCloseable {

    private static final String OBSERVER = "observer.Observer";

    private final Observations observations;
    private final HealthStatusManager health = new HealthStatusManager();
    private final FlowRate rate;
    private final List<ServerServiceDefinition> services;

    /// What is served.
    public record Content(FlowStore store, FlowMessages messages, WallClock clock, AgentLog log, PeerBook peers) {}

    public Hubble(Content content) {
        this(content, Observations.LIMIT);
    }

    /// @param limit streams at once
    Hubble(Content content, int limit) {
        observations = new Observations(limit);
        rate = new FlowRate(content.store(), System.nanoTime());
        VersionHeader header = new VersionHeader(content.messages().node().version());
        health.setStatus("", ServingStatus.SERVING);
        health.setStatus(OBSERVER, ServingStatus.SERVING);
        services = Stream.<BindableService>of(
                        new ObserverService(content, rate, observations),
                        new PeerService(content.peers(), observations),
                        health.getHealthService(),
                        ProtoReflectionServiceV1.newInstance())
                .map(service -> ServerInterceptors.intercept(service, header))
                .toList();
    }

    /// To be served. None of them holds up the thread that calls it for long.
    public List<ServerServiceDefinition> services() {
        return services;
    }

    /// Flows in a second, over the last minute.
    public double rate() {
        return rate.at(System.nanoTime());
    }

    /// How many streams are open.
    public int observers() {
        return observations.size();
    }

    /// Ends all streams. The store may be closed afterwards.
    @Override
    public void close() {
        health.enterTerminalState();
        observations.close();
    }
}
