// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.Endpoint;
import io.culvert.net.IpAddress;

/// One endpoint of one Service port.
///
/// @param port where it listens: 1 to 65535, the number of the slice it came from
/// @param endpoint its conditions, place and hints
/// @param local whether it runs on this node; an endpoint that names no node is remote everywhere
/// @param slice name of the EndpointSlice that it came from
/// @param weight 0 to 65,535: of 0, it is given no new connections; or [#UNKNOWN_WEIGHT]
public record PortEndpoint(IpAddress address, int port, Endpoint endpoint, boolean local, String slice, int weight) {

    /// It keeps the weight that it has, or counts as all do that have none.
    static final int UNKNOWN_WEIGHT = -1;

    /// An endpoint that counts as all do.
    public PortEndpoint(IpAddress address, int port, Endpoint endpoint, boolean local) {
        this(address, port, endpoint, local, "", 1);
    }

    PortEndpoint withWeight(int other) {
        return new PortEndpoint(address, port, endpoint, local, slice, other);
    }

    /// The weight, or that of the backend that it is where it is not known.
    ///
    /// @param held by the backend; 1 where there is none
    public int weightOr(int held) {
        return weight == UNKNOWN_WEIGHT ? held : weight;
    }

    /// Whether it is given no new connections, because its weight says so.
    public boolean drained() {
        return weight == 0;
    }

    public boolean ready() {
        return endpoint.ready();
    }

    /// Whether it can stand in where nothing is ready (KEP-1669). Ready wins over terminating.
    public boolean usableTerminating() {
        return !endpoint.ready() && endpoint.serving() && endpoint.terminating();
    }

    /// Whether flows that it has may stay with it, chosen for new ones or not.
    public boolean serving() {
        return endpoint.ready() || endpoint.serving();
    }
}
