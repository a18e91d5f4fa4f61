// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.ArrayList;
import java.util.List;

/// A Service port whose policy keeps traffic on this node, which has no endpoint of it while others do: its connections
/// are dropped here.
///
/// @param internal whether it is the policy for traffic from within the cluster, or else that from outside
public record LocalGap(ServicePortName port, boolean internal) {

    /// All of them. Costs a pass through the Services, and through the endpoints of those with a local policy.
    public static List<LocalGap> in(ClusterState state, NodeContext node) {
        List<LocalGap> gaps = new ArrayList<>();
        for (Service service : state.services().values()) {
            if (service.proxied() && hasLocalPolicy(service)) {
                for (IpAddress clusterIp : service.clusterIps()) {
                    service.ports().forEach(port -> add(gaps, service, port, clusterIp.family(), state, node));
                }
            }
        }
        return gaps;
    }

    private static boolean hasLocalPolicy(Service service) {
        return service.internalTrafficPolicy() == TrafficPolicy.LOCAL
                || service.externalTrafficPolicy() == TrafficPolicy.LOCAL;
    }

    private static void add(
            List<LocalGap> gaps,
            Service service,
            ServicePort port,
            IpFamily family,
            ClusterState state,
            NodeContext node) {
        boolean internal = service.internalTrafficPolicy() == TrafficPolicy.LOCAL;
        boolean external =
                service.externalTrafficPolicy() == TrafficPolicy.LOCAL && reachable(service, port.nodePort(), family);
        ServicePortName name = new ServicePortName(service.name(), port.name(), port.protocol(), family);
        if ((internal || external) && isGap(name, state, node)) {
            if (internal) {
                gaps.add(new LocalGap(name, true));
            }
            if (external) {
                gaps.add(new LocalGap(name, false));
            }
        }
    }

    /// Whether something outside can reach a Service port.
    private static boolean reachable(Service service, int nodePort, IpFamily family) {
        return nodePort != 0
                || service.externalIps().stream().map(IpAddress::family).anyMatch(family::equals)
                || service.ingress().stream()
                        .filter(LoadBalancerIngress::vip)
                        .anyMatch(ingress -> ingress.address().family() == family);
    }

    private static boolean isGap(ServicePortName name, ClusterState state, NodeContext node) {
        List<PortEndpoint> endpoints = EndpointUnion.of(name, state.slices(name.service()), node.nodeName());
        return EndpointSets.of(endpoints, new TrafficSets(false, true), node).endpointsElsewhere();
    }
}
