// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The pure function from a Service and its slices to what the kernel should hold. It compiles one Service at a
/// time, so
/// that a change costs what it changes; only the owners of cluster IPs ([ClusterIpClaims]) are known across
/// Services.
public final class ServiceCompiler {

    private ServiceCompiler() {}

    /// The Service of this name; nothing if there is none. Slices without their Service wait in `state`.
    public static CompiledService compile(
            ObjectName name, ClusterState state, NodeContext node, ClusterIpClaims claims) {
        return state.service(name)
                .filter(Service::proxied)
                .map(service -> compile(service, state.slices(name), node, claims))
                .orElse(CompiledService.NOTHING);
    }

    private static CompiledService compile(
            Service service, Collection<EndpointSlice> slices, NodeContext node, ClusterIpClaims claims) {
        List<ServiceConflict> conflicts = new ArrayList<>();
        List<ServicePort> ports = distinctPorts(service, conflicts);
        List<DesiredServicePort> desired =
                new ArrayList<>(ports.size() * service.clusterIps().size());
        for (IpAddress address : service.clusterIps()) {
            ObjectName owner = claims.owner(address).orElse(service.name());
            if (!owner.equals(service.name())) {
                conflicts.add(new ServiceConflict.ClusterIpTaken(address, owner));
                continue;
            }
            for (ServicePort port : ports) {
                desired.add(compile(service, port, address, slices, node));
            }
        }
        return new CompiledService(desired, conflicts);
    }

    private static DesiredServicePort compile(
            Service service,
            ServicePort port,
            IpAddress clusterIp,
            Collection<EndpointSlice> slices,
            NodeContext node) {
        ServicePortName name = new ServicePortName(service.name(), port.name(), port.protocol(), clusterIp.family());
        boolean local = service.internalTrafficPolicy() == TrafficPolicy.LOCAL;
        DesiredFrontend frontend = new DesiredFrontend(FrontendType.CLUSTER_IP, clusterIp, port.port(), local);
        EndpointSets endpoints = EndpointSets.of(
                EndpointUnion.of(name, slices, node.nodeName()),
                TrafficSets.of(service, port.nodePort(), clusterIp.family()),
                node);
        return new DesiredServicePort(name, List.of(frontend), endpoints);
    }

    /// The API forbids what is filtered here; manifests and old objects may have it all the same.
    private static List<ServicePort> distinctPorts(Service service, List<ServiceConflict> conflicts) {
        record NamedPort(String name, Protocol protocol) {}
        record NumberedPort(int number, Protocol protocol) {}
        Set<NamedPort> names = new HashSet<>();
        Set<NumberedPort> numbers = new HashSet<>();
        List<ServicePort> ports = new ArrayList<>(service.ports().size());
        for (ServicePort port : service.ports()) {
            NamedPort name = new NamedPort(port.name(), port.protocol());
            NumberedPort number = new NumberedPort(port.port(), port.protocol());
            if (names.contains(name) || numbers.contains(number)) {
                conflicts.add(new ServiceConflict.PortRepeated(port.port(), port.protocol()));
            } else {
                names.add(name);
                numbers.add(number);
                ports.add(port);
            }
        }
        return ports;
    }
}
