// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.api.observer.GetDebugEventsRequest;
import io.culvert.observability.api.observer.GetDebugEventsResponse;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.GetNamespacesRequest;
import io.culvert.observability.api.observer.GetNamespacesResponse;
import io.culvert.observability.api.observer.Namespace;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.observability.api.observer.ServerStatusResponse;
import io.culvert.observability.filter.FlowSelection;
import io.culvert.observability.filter.MalformedFilterException;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/// Answers service Observer from the store.
final class ObserverService extends ObserverGrpc.ObserverImplBase {

    private final FlowStore store;
    private final FlowMessages messages;
    private final WallClock clock;
    private final AgentLog log;
    private final Observations observations;
    private final NamespaceFinder namespaces;
    private final FlowRate rate;
    private final long started = System.nanoTime();

    ObserverService(Hubble.Content content, FlowRate rate, Observations observations) {
        this.store = content.store();
        this.messages = content.messages();
        this.clock = content.clock();
        this.log = content.log();
        this.observations = observations;
        this.namespaces = new NamespaceFinder(store, messages.names());
        this.rate = rate;
    }

    @Override
    public void getFlows(GetFlowsRequest request, StreamObserver<GetFlowsResponse> answer) {
        observations.open(answer, observer -> {
            FlowQuery query = FlowQuery.of(request, clock);
            return new FlowStream(store, messages, query, selection(request), observer)::run;
        });
    }

    private FlowSelection selection(GetFlowsRequest request) {
        try {
            return FlowSelection.of(request, messages.names());
        } catch (MalformedFilterException e) {
            throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
        }
    }

    @Override
    public void getAgentEvents(GetAgentEventsRequest request, StreamObserver<GetAgentEventsResponse> answer) {
        observations.open(answer, observer -> new AgentEventStream(log, messages.node(), request, observer)::run);
    }

    /// There are none; whoever follows waits for nothing.
    @Override
    public void getDebugEvents(GetDebugEventsRequest request, StreamObserver<GetDebugEventsResponse> answer) {
        observations.open(answer, observer -> () -> {
            if (request.getFollow()) {
                observer.awaitEnd();
            }
        });
    }

    @Override
    public void getNamespaces(GetNamespacesRequest request, StreamObserver<GetNamespacesResponse> answer) {
        observations.open(answer, observer -> () -> {
            GetNamespacesResponse.Builder found = GetNamespacesResponse.newBuilder();
            namespaces
                    .find(System.nanoTime())
                    .forEach(name -> found.addNamespaces(Namespace.newBuilder()
                            .setCluster(messages.node().cluster())
                            .setNamespace(name)));
            observer.send(found.build());
        });
    }

    @Override
    public void serverStatus(ServerStatusRequest request, StreamObserver<ServerStatusResponse> answer) {
        long written = store.written();
        long now = System.nanoTime();
        answer.onNext(ServerStatusResponse.newBuilder()
                .setNumFlows(Math.min(written, store.capacity()))
                .setMaxFlows(store.capacity())
                .setSeenFlows(written)
                .setUptimeNs(now - started)
                .setVersion("culvert " + messages.node().version())
                .setFlowsRate(rate.at(now))
                .build());
        answer.onCompleted();
    }
}
