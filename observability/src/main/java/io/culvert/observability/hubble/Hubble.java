// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.grpc.BindableService;
import java.util.List;
import java.util.function.Function;

/// The Hubble API of one node: what a server serves, on whatever it listens. Many servers may serve it.
public final class Hubble implements AutoCloseable {

    private final Observations observations = new Observations();
    private final List<BindableService> services;

    /// @param wishes what an observer wants to see
    /// @throws io.grpc.StatusRuntimeException is what `wishes` may throw: INVALID_ARGUMENT
    public Hubble(FlowStore store, FlowMessages messages, WallClock clock, Function<GetFlowsRequest, FlowWish> wishes) {
        services = List.of(new ObserverService(store, messages, clock, wishes, observations));
    }

    /// To be served. None of them holds up the thread that calls it for long.
    public List<BindableService> services() {
        return services;
    }

    /// How many streams are open.
    public int observers() {
        return observations.size();
    }

    /// Ends all streams. The store may be closed afterwards.
    @Override
    public void close() {
        observations.close();
    }
}
