// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.observability.api.observer.ServerStatusResponse;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/// Answers service Observer from the store.
final class ObserverService extends ObserverGrpc.ObserverImplBase {

    private final FlowStore store;
    private final FlowMessages messages;
    private final WallClock clock;
    private final Function<GetFlowsRequest, FlowWish> wishes;
    private final Observations observations;
    private final FlowRate rate;
    private final long started = System.nanoTime();

    ObserverService(
            FlowStore store,
            FlowMessages messages,
            WallClock clock,
            Function<GetFlowsRequest, FlowWish> wishes,
            Observations observations) {
        this.store = store;
        this.messages = messages;
        this.clock = clock;
        this.wishes = wishes;
        this.observations = observations;
        this.rate = new FlowRate(store, started);
    }

    @Override
    public void getFlows(GetFlowsRequest request, StreamObserver<GetFlowsResponse> answer) {
        observations.open(answer, observer -> {
            FlowQuery query = FlowQuery.of(request, clock);
            return new FlowStream(store, messages, query, wishes.apply(request), observer)::run;
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
