// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;

/// The node ports, load balancer addresses and external addresses that a Service asks for and the rules allow, before
/// it is known who else asks for them.
final class OutsideFrontends {

    /// An address that a Service port asks for beside its cluster IP.
    record Wanted(FrontendType type, FrontendKey key) {}

    private OutsideFrontends() {}

    /// Those of all ports in all families of the Service.
    static List<Wanted> of(Service service, ServiceRules rules) {
        if (isInside(service)) {
            return List.of();
        }
        List<Wanted> all = new ArrayList<>();
        for (IpAddress clusterIp : service.clusterIps()) {
            service.ports().forEach(port -> all.addAll(of(service, port, clusterIp.family(), rules)));
        }
        return all;
    }

    /// Those of one port in one family. A node port counts with the types that have node ports only; load balancer
    /// addresses count whatever the type, as long as the status shows them. Where a load balancer has an external
    /// address as well, it is the load balancer's, whose source ranges hold.
    static List<Wanted> of(Service service, ServicePort port, IpFamily family, ServiceRules rules) {
        if (isInside(service)) {
            return List.of();
        }
        List<Wanted> all = new ArrayList<>();
        if (port.nodePort() != 0
                && (service.type() == ServiceType.NODE_PORT || service.type() == ServiceType.LOAD_BALANCER)) {
            all.add(new Wanted(FrontendType.NODE_PORT, FrontendKey.nodePort(family, port.nodePort(), port.protocol())));
        }
        for (FrontendType type : List.of(FrontendType.LOAD_BALANCER, FrontendType.EXTERNAL_IP)) {
            for (IpAddress address : addresses(service, type)) {
                if (address.family() == family && rules.refusal(type, address).isEmpty()) {
                    all.add(new Wanted(type, new FrontendKey(address, port.port(), port.protocol())));
                }
            }
        }
        return all;
    }

    /// What the rules do not allow.
    static List<ServiceConflict> refused(Service service, ServiceRules rules) {
        List<ServiceConflict> refused = new ArrayList<>();
        for (FrontendType type : List.of(FrontendType.LOAD_BALANCER, FrontendType.EXTERNAL_IP)) {
            for (IpAddress address : addresses(service, type)) {
                rules.refusal(type, address)
                        .ifPresent(why -> refused.add(new ServiceConflict.AddressRefused(type, address, why)));
            }
        }
        return refused;
    }

    private static boolean isInside(Service service) {
        return service.type() == ServiceType.CLUSTER_IP
                && service.ingress().isEmpty()
                && service.externalIps().isEmpty();
    }

    private static SequencedSet<IpAddress> addresses(Service service, FrontendType type) {
        return type == FrontendType.EXTERNAL_IP
                ? new LinkedHashSet<>(service.externalIps())
                : service.ingress().stream()
                        .filter(LoadBalancerIngress::vip)
                        .map(LoadBalancerIngress::address)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
