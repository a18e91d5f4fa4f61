// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.healthcheck;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a load balancer is told that asks this node whether a Service has endpoints here
/// (`spec.healthCheckNodePort`).
///
/// @param port 1 to 65535, or 0 where the cluster has not given the Service one
/// @param localEndpoints for each family of the Service: how many different addresses are ready on this node. Ports do
///     not matter, and neither do terminating endpoints, even where they still serve
public record HealthCheckPort(ObjectName service, int port, Map<IpFamily, Integer> localEndpoints) {

    public HealthCheckPort {
        localEndpoints = Map.copyOf(localEndpoints);
    }

    /// Empty unless the Service is of type LoadBalancer with `externalTrafficPolicy: Local`, whatever its fields say.
    public static Optional<HealthCheckPort> of(ObjectName name, ClusterState state, String nodeName) {
        return state.service(name).filter(HealthCheckPort::applies).map(service -> {
            Map<IpFamily, Integer> counts = new EnumMap<>(IpFamily.class);
            for (IpAddress address : service.clusterIps()) {
                counts.put(address.family(), readyHere(address.family(), state.slices(name), nodeName));
            }
            return new HealthCheckPort(name, service.healthCheckNodePort(), counts);
        });
    }

    private static boolean applies(Service service) {
        return service.proxied()
                && service.type() == ServiceType.LOAD_BALANCER
                && service.externalTrafficPolicy() == TrafficPolicy.LOCAL;
    }

    private static int readyHere(IpFamily family, Collection<EndpointSlice> slices, String nodeName) {
        Set<IpAddress> ready = new HashSet<>();
        for (EndpointSlice slice : slices) {
            if (slice.family() == family && !slice.ports().isEmpty()) {
                slice.endpoints().stream()
                        .filter(endpoint -> endpoint.ready() && nodeName.equals(endpoint.nodeName()))
                        .map(Endpoint::address)
                        .forEach(ready::add);
            }
        }
        return ready.size();
    }

    /// Whether there is a port to listen on.
    public boolean allocated() {
        return port != 0;
    }

    /// What a client of this family is told.
    public int localEndpoints(IpFamily family) {
        return localEndpoints.getOrDefault(family, 0);
    }
}
