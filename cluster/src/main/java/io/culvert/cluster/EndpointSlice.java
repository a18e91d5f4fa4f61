// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpFamily;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An EndpointSlice (discovery.k8s.io/v1) that belongs to a Service and has addresses; slices of type FQDN are not
/// kept.
///
/// @param serviceName label `kubernetes.io/service-name`, a Service of the slice's namespace
/// @param family of every endpoint in the slice
/// @param created `metadata.creationTimestamp`; [Instant#EPOCH] where the source has none
/// @param triggerTime annotation `endpoints.kubernetes.io/last-change-trigger-time`, null where there is none
public record EndpointSlice(
        ObjectName name,
        String serviceName,
        IpFamily family,
        Instant created,
        List<EndpointPort> ports,
        List<Endpoint> endpoints,
        @Nullable Instant triggerTime)
        implements ClusterObject {

    public EndpointSlice {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /// The Service that the slice belongs to; it need not exist.
    public ObjectName service() {
        return new ObjectName(name.namespace(), serviceName);
    }

    /// When the change that this version tells of happened, where the controller says so.
    public Optional<Instant> triggeredAt() {
        return Optional.ofNullable(triggerTime);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.ENDPOINT_SLICE;
    }

    @Override
    public ObjectName objectName() {
        return name;
    }
}
