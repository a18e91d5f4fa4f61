// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.desired.Endpoints.at;

import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.SessionAffinity;
import io.culvert.cluster.SourceRanges;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.Endpoints;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Changes of a small cluster in which things meet: few addresses, few names, many changes of mind.
final class RandomCluster {

    private static final int SERVICES = 4;
    private static final List<ServiceType> TYPES =
            List.of(ServiceType.CLUSTER_IP, ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER);
    private static final String[] PORT_NAMES = {"http", "admin"};

    private final ClusterFixture cluster;
    private final Random random;

    RandomCluster(ClusterFixture cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    /// One to three changes.
    void step() {
        for (int i = random.nextInt(3); i >= 0; i--) {
            switch (random.nextInt(13)) {
                case 0 -> cluster.removeService("s" + random.nextInt(SERVICES));
                case 1 -> cluster.removeSlice("slice" + random.nextInt(2 * SERVICES));
                case 2 -> cluster.zone(random.nextInt(3) == 0 ? null : "z" + random.nextInt(2));
                case 3, 4, 5, 6 -> cluster.put(service());
                case 12 -> serviceCidr("cidr" + random.nextInt(2));
                default -> slice();
            }
        }
    }

    private void serviceCidr(String name) {
        if (random.nextBoolean()) {
            cluster.removeServiceCidr(name);
        } else {
            cluster.serviceCidr(name, "10.96.0.0/3" + random.nextInt(3), "fd00:96::/112");
        }
    }

    private ServiceBuilder service() {
        List<IpAddress> addresses = new ArrayList<>();
        addresses.add(IpAddress.of("10.96.0." + random.nextInt(3)));
        if (random.nextInt(4) == 0) {
            addresses.add(IpAddress.of("fd00:96::" + random.nextInt(3)));
        }
        String name = "s" + random.nextInt(SERVICES);
        ServiceBuilder builder = Service.builder(ClusterFixture.name(name))
                .created(Instant.ofEpochSecond(random.nextInt(2)))
                .clusterIps(addresses)
                .internalTrafficPolicy(policy())
                .externalTrafficPolicy(policy())
                .port(new ServicePort(
                        PORT_NAMES[random.nextInt(2)],
                        Protocol.TCP,
                        80 + random.nextInt(2),
                        random.nextInt(2) * (30_000 + random.nextInt(2))));
        outside(builder);
        if (random.nextBoolean()) {
            builder.port(new ServicePort("dns", Protocol.UDP, 80, 0));
        }
        return builder;
    }

    /// Addresses outside of the cluster, some of them asked for by several Services, some of them cluster IPs.
    private void outside(ServiceBuilder builder) {
        builder.type(TYPES.get(random.nextInt(TYPES.size())));
        if (random.nextInt(3) == 0) {
            builder.ingress(List.of(
                    new LoadBalancerIngress(IpAddress.of("192.0.2." + random.nextInt(2)), random.nextInt(4) > 0),
                    new LoadBalancerIngress(IpAddress.of("2001:db8::" + random.nextInt(2)), true)));
            builder.sourceRanges(ranges());
        }
        if (random.nextInt(3) == 0) {
            builder.externalIps(List.of(
                    IpAddress.of("192.0.2." + random.nextInt(3)), IpAddress.of("10.96.0." + random.nextInt(3))));
        }
        if (random.nextInt(4) == 0) {
            builder.sessionAffinity(new SessionAffinity.ClientIp(Duration.ofSeconds(10 + random.nextInt(2))));
        }
    }

    private SourceRanges ranges() {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            prefixes.add(new IpPrefix(IpAddress.of("198.51." + random.nextInt(3) + ".0"), 24));
        }
        return new SourceRanges(prefixes, random.nextInt(2));
    }

    private TrafficPolicy policy() {
        return random.nextInt(3) == 0 ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
    }

    private void slice() {
        boolean v6 = random.nextInt(4) == 0;
        boolean udp = random.nextInt(3) == 0;
        Endpoints[] endpoints = new Endpoints[random.nextInt(5)];
        boolean hinted = random.nextBoolean();
        for (int i = 0; i < endpoints.length; i++) {
            Endpoints endpoint = at((v6 ? "fd00:1::" : "10.1.0.") + random.nextInt(6));
            switch (random.nextInt(6)) {
                case 0 -> endpoint.terminating();
                case 1 -> endpoint.unready();
                default -> {}
            }
            if (random.nextBoolean()) {
                endpoint.local();
            }
            if (hinted) {
                endpoint.zones("z" + random.nextInt(2));
            }
            endpoints[i] = endpoint;
        }
        EndpointPort port = new EndpointPort(
                udp ? "dns" : PORT_NAMES[random.nextInt(2)],
                udp ? Protocol.UDP : Protocol.TCP,
                8080 + random.nextInt(2));
        cluster.put(ClusterFixture.slice(
                "slice" + random.nextInt(2 * SERVICES), "s" + random.nextInt(SERVICES), port, endpoints));
    }
}
