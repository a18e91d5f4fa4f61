// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A Service.
///
/// @param created `metadata.creationTimestamp`; [Instant#EPOCH] where the source has none
/// @param clusterIps one address of each family at most; empty for a headless Service
/// @param ports in the order of `spec.ports`
/// @param externalIps of both families
/// @param ingress `status.loadBalancer.ingress`, whatever [#type] says
/// @param sourceRanges `spec.loadBalancerSourceRanges`, whatever [#type] says
/// @param healthCheckNodePort 1 to 65535, or 0 for none
/// @param annotations only keys under `culvert.io/` and `service.cilium.io/`
public record Service(
        ObjectName name,
        Instant created,
        ServiceType type,
        List<IpAddress> clusterIps,
        List<ServicePort> ports,
        TrafficPolicy internalTrafficPolicy,
        TrafficPolicy externalTrafficPolicy,
        SessionAffinity sessionAffinity,
        List<IpAddress> externalIps,
        List<LoadBalancerIngress> ingress,
        SourceRanges sourceRanges,
        int healthCheckNodePort,
        Map<String, String> annotations)
        implements ClusterObject {

    public Service {
        clusterIps = List.copyOf(clusterIps);
        ports = List.copyOf(ports);
        externalIps = List.copyOf(externalIps);
        ingress = List.copyOf(ingress);
        annotations = Map.copyOf(annotations);
    }

    /// A Service of type ClusterIP without addresses and ports, to be filled in.
    public static ServiceBuilder builder(ObjectName name) {
        return new ServiceBuilder(name);
    }

    /// Whether a proxy has anything to do for this Service: not for type ExternalName, even with a stale address, and
    /// not without a cluster IP.
    public boolean proxied() {
        return type != ServiceType.EXTERNAL_NAME && !clusterIps.isEmpty();
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.SERVICE;
    }

    @Override
    public ObjectName objectName() {
        return name;
    }
}
