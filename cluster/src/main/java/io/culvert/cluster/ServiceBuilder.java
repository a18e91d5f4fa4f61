// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Makes a [Service]; what is not set has the API's default. Not for use by several threads.
public final class ServiceBuilder {

    private final ObjectName name;
    private Instant created = Instant.EPOCH;
    private ServiceType type = ServiceType.CLUSTER_IP;
    private List<IpAddress> clusterIps = List.of();
    private final List<ServicePort> ports = new ArrayList<>(2);
    private TrafficPolicy internalTrafficPolicy = TrafficPolicy.CLUSTER;
    private TrafficPolicy externalTrafficPolicy = TrafficPolicy.CLUSTER;
    private SessionAffinity sessionAffinity = SessionAffinity.NONE;
    private List<IpAddress> externalIps = List.of();
    private List<LoadBalancerIngress> ingress = List.of();
    private SourceRanges sourceRanges = SourceRanges.NONE;
    private int healthCheckNodePort;
    private Map<String, String> annotations = Map.of();

    ServiceBuilder(ObjectName name) {
        this.name = name;
    }

    public ServiceBuilder created(Instant value) {
        created = value;
        return this;
    }

    public ServiceBuilder type(ServiceType value) {
        type = value;
        return this;
    }

    public ServiceBuilder clusterIps(List<IpAddress> value) {
        clusterIps = value;
        return this;
    }

    /// Adds a port.
    public ServiceBuilder port(ServicePort value) {
        ports.add(value);
        return this;
    }

    public ServiceBuilder internalTrafficPolicy(TrafficPolicy value) {
        internalTrafficPolicy = value;
        return this;
    }

    public ServiceBuilder externalTrafficPolicy(TrafficPolicy value) {
        externalTrafficPolicy = value;
        return this;
    }

    public ServiceBuilder sessionAffinity(SessionAffinity value) {
        sessionAffinity = value;
        return this;
    }

    public ServiceBuilder externalIps(List<IpAddress> value) {
        externalIps = value;
        return this;
    }

    public ServiceBuilder ingress(List<LoadBalancerIngress> value) {
        ingress = value;
        return this;
    }

    public ServiceBuilder sourceRanges(SourceRanges value) {
        sourceRanges = value;
        return this;
    }

    public ServiceBuilder healthCheckNodePort(int value) {
        healthCheckNodePort = value;
        return this;
    }

    public ServiceBuilder annotations(Map<String, String> value) {
        annotations = value;
        return this;
    }

    public Service build() {
        return new Service(
                name,
                created,
                type,
                clusterIps,
                ports,
                internalTrafficPolicy,
                externalTrafficPolicy,
                sessionAffinity,
                externalIps,
                ingress,
                sourceRanges,
                healthCheckNodePort,
                annotations);
    }
}
