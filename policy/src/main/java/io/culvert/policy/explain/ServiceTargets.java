// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.explain;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A Service as far as policies care: where its connections go. Policies see the target, never the Service.
///
/// @param clusterIps no pod has them, and no packet at a pod's interface that policies judge
public record ServiceTargets(ObjectName name, List<IpAddress> clusterIps, List<Port> ports) {

    /// One port of the Service.
    ///
    /// @param targets of both families, in order
    public record Port(String name, Protocol protocol, int port, List<Target> targets) {

        public Port {
            targets = List.copyOf(targets);
        }
    }

    /// Where a connection ends.
    public record Target(IpAddress address, int port) {}

    public ServiceTargets {
        clusterIps = List.copyOf(clusterIps);
        ports = List.copyOf(ports);
    }

    /// All Services of a state that have a ClusterIP, by name.
    public static List<ServiceTargets> of(ClusterState state) {
        return state.services().values().stream()
                .filter(Service::proxied)
                .sorted(Comparator.comparing(Service::name))
                .map(service -> of(service, state))
                .toList();
    }

    private static ServiceTargets of(Service service, ClusterState state) {
        return new ServiceTargets(
                service.name(),
                service.clusterIps(),
                service.ports().stream()
                        .map(port -> new Port(port.name(), port.protocol(), port.port(), targets(service, port, state)))
                        .toList());
    }

    private static List<Target> targets(Service service, ServicePort port, ClusterState state) {
        List<Target> targets = new ArrayList<>();
        for (EndpointSlice slice : state.slices(service.name())) {
            for (EndpointPort target : slice.ports()) {
                if (target.name().equals(port.name()) && target.protocol() == port.protocol()) {
                    slice.endpoints().stream()
                            .filter(Endpoint::serving)
                            .forEach(endpoint -> targets.add(new Target(endpoint.address(), target.port())));
                }
            }
        }
        return targets.stream()
                .distinct()
                .sorted(Comparator.comparing(Target::address).thenComparingInt(Target::port))
                .toList();
    }
}
