// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ObserverGrpc.ObserverBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/// Asks somebody who serves the Hubble API: an agent, or a relay.
public final class ObserverClient implements AutoCloseable {

    private final ObserverAddress address;
    private final ManagedChannel channel;

    private ObserverClient(ObserverAddress address, ManagedChannel channel) {
        this.address = address;
        this.channel = channel;
    }

    /// Does not connect yet.
    ///
    /// @param tls used if the address says so
    /// @throws UnansweredException if a file of certificates cannot be read
    public static ObserverClient open(ObserverAddress address, ClientTls tls) {
        return new ObserverClient(address, Channels.open(address, tls));
    }

    /// Gives flows to `consumer` as they come, until there are no more or it wants no more.
    ///
    /// @throws UnansweredException if nobody answers, or the answer is no
    public void flows(GetFlowsRequest request, Predicate<GetFlowsResponse> consumer) {
        each(stub -> stub.getFlows(request), consumer);
    }

    /// The same of what the agent did.
    public void agentEvents(GetAgentEventsRequest request, Predicate<GetAgentEventsResponse> consumer) {
        each(stub -> stub.getAgentEvents(request), consumer);
    }

    private <T> void each(Function<ObserverBlockingStub, Iterator<T>> call, Predicate<T> consumer) {
        try {
            Iterator<T> answers = call.apply(ObserverGrpc.newBlockingStub(channel));
            boolean wanted = true;
            while (wanted && answers.hasNext()) {
                wanted = consumer.test(answers.next());
            }
        } catch (StatusRuntimeException e) {
            throw UnansweredException.of(address, e.getStatus());
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            boolean _ = channel.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
