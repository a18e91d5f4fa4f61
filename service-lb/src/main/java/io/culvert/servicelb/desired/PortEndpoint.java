// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.Endpoint;
import io.culvert.net.IpAddress;

/// One endpoint of one Service port.
///
/// @param port where it listens: 1 to 65535, the number of the slice it came from
/// @param endpoint its conditions, place and hints
/// @param local whether it runs on this node; an endpoint that names no node is remote everywhere
public record PortEndpoint(IpAddress address, int port, Endpoint endpoint, boolean local) {

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
