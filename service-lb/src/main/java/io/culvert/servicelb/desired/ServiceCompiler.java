// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.SourceRanges;
import io.culvert.maps.FrontendType;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The pure function from a Service and its slices to what the kernel should hold. It compiles one Service at a time,
/// so that a change costs what it changes; only the owners of addresses ([AddressClaims]) are known across Services.
public final class ServiceCompiler {

    private ServiceCompiler() {}

    /// The Service of this name; nothing if there is none. Slices without their Service wait in `state`.
    public static CompiledService compile(ObjectName name, ClusterState state, NodeContext node, AddressClaims claims) {
        return state.service(name)
                .filter(Service::proxied)
                .map(service -> compile(service, state, node, claims))
                .orElse(CompiledService.NOTHING);
    }

    private static CompiledService compile(
            Service service, ClusterState state, NodeContext node, AddressClaims claims) {
        List<ServiceConflict> conflicts = new ArrayList<>();
        List<ServicePort> ports = distinctPorts(service, conflicts);
        ConnectionRules rules = ConnectionRules.of(service, conflicts);
        Optional<Weights> weights = Weights.of(service, conflicts);
        if (weights.filter(Weights::byPodLabel).isPresent() && !claims.rules().podLabels()) {
            conflicts.add(new ServiceConflict.PodLabelsNotFollowed());
        }
        WeightedEndpoints endpoints = new WeightedEndpoints(service, state, node, weights);
        ForwardingMode mode = forwarding(service, state, conflicts);
        ServicePortFrontends frontends = new ServicePortFrontends(service, claims, rules, mode, conflicts);
        List<DesiredServicePort> desired =
                new ArrayList<>(ports.size() * service.clusterIps().size());
        for (IpAddress address : service.clusterIps()) {
            claims.owner(address)
                    .filter(owner -> !owner.equals(service.name()))
                    .ifPresent(owner -> conflicts.add(new ServiceConflict.ClusterIpTaken(address, owner)));
            for (ServicePort port : ports) {
                List<DesiredFrontend> leading = frontends.of(port, address);
                if (!leading.isEmpty()) {
                    ServicePortName name =
                            new ServicePortName(service.name(), port.name(), port.protocol(), address.family());
                    desired.add(new DesiredServicePort(
                            name,
                            leading,
                            endpoints.of(name, sets(service, leading)),
                            rules,
                            frontends.sourceRanges(leading, address.family(), node)));
                }
            }
        }
        conflicts.addAll(OutsideFrontends.refused(service, claims.rules()));
        conflicts.addAll(sourceRangeConflicts(service, desired));
        return new CompiledService(desired, conflicts);
    }

    /// An endpoint that is on no node has nobody who would take packets out of their outer header.
    private static ForwardingMode forwarding(Service service, ClusterState state, List<ServiceConflict> conflicts) {
        if (ForwardingMode.of(service, conflicts) == ForwardingMode.SNAT) {
            return ForwardingMode.SNAT;
        }
        boolean placed = state.slices(service.name()).stream()
                .flatMap(slice -> slice.endpoints().stream())
                .allMatch(endpoint -> endpoint.nodeName() != null);
        if (!placed) {
            conflicts.add(new ServiceConflict.EndpointWithoutNode());
            return ForwardingMode.SNAT;
        }
        return ForwardingMode.DSR;
    }

    private static TrafficSets sets(Service service, List<DesiredFrontend> frontends) {
        boolean reachable = frontends.stream().anyMatch(frontend -> frontend.type() != FrontendType.CLUSTER_IP);
        return TrafficSets.of(service.internalTrafficPolicy(), service.externalTrafficPolicy(), reachable);
    }

    private static List<ServiceConflict> sourceRangeConflicts(Service service, List<DesiredServicePort> ports) {
        SourceRanges ranges = service.sourceRanges();
        if (ranges.equals(SourceRanges.NONE)) {
            return List.of();
        }
        Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        for (DesiredServicePort port : ports) {
            port.frontends().stream()
                    .filter(frontend -> frontend.type() == FrontendType.LOAD_BALANCER)
                    .forEach(_ -> families.add(port.name().family()));
        }
        if (ranges.allInvalid() && !families.isEmpty()) {
            return List.of(new ServiceConflict.NoSourceRange());
        }
        return families.stream()
                .filter(family -> ranges.of(family).isEmpty())
                .<ServiceConflict>map(ServiceConflict.FamilyUnrestricted::new)
                .toList();
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
