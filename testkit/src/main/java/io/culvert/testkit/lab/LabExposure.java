// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How a Service of the lab is offered to clients outside of the cluster.
///
/// @param type `ClusterIP`, `NodePort` or `LoadBalancer`
/// @param nodePort of the Service's first port; 0: none
/// @param trafficPolicy `externalTrafficPolicy`
/// @param ingress addresses that a load balancer gave
/// @param ipMode of those: `VIP` or `Proxy`
public record LabExposure(
        String type,
        int nodePort,
        String trafficPolicy,
        List<IpAddress> ingress,
        String ipMode,
        List<String> sourceRanges,
        List<IpAddress> externalIps) {

    static final LabExposure NONE = new LabExposure("ClusterIP", 0, "Cluster", List.of(), "VIP", List.of(), List.of());

    public static LabExposure nodePort(int port) {
        return new LabExposure("NodePort", port, "Cluster", List.of(), "VIP", List.of(), List.of());
    }

    public static LabExposure loadBalancer(int nodePort, String... ingress) {
        return new LabExposure("LoadBalancer", nodePort, "Cluster", parsed(ingress), "VIP", List.of(), List.of());
    }

    /// @param policy `Cluster` or `Local`
    public LabExposure trafficPolicy(String policy) {
        return new LabExposure(type, nodePort, policy, ingress, ipMode, sourceRanges, externalIps);
    }

    /// @param mode `VIP` or `Proxy`
    public LabExposure ipMode(String mode) {
        return new LabExposure(type, nodePort, trafficPolicy, ingress, mode, sourceRanges, externalIps);
    }

    /// Blocks of the clients that may use the load balancer's addresses.
    public LabExposure sourceRanges(String... blocks) {
        return new LabExposure(type, nodePort, trafficPolicy, ingress, ipMode, List.of(blocks), externalIps);
    }

    public LabExposure externalIps(String... addresses) {
        return new LabExposure(type, nodePort, trafficPolicy, ingress, ipMode, sourceRanges, parsed(addresses));
    }

    /// The lines of `spec`, indented by two.
    String spec() {
        String lines = "  type: " + type + "\n";
        if (!type.equals("ClusterIP") || !externalIps.isEmpty()) {
            lines += "  externalTrafficPolicy: " + trafficPolicy + "\n";
        }
        if (!sourceRanges.isEmpty()) {
            lines += "  loadBalancerSourceRanges: [" + quoted(sourceRanges.stream()) + "]\n";
        }
        if (!externalIps.isEmpty()) {
            lines += "  externalIPs: [" + quoted(externalIps.stream().map(IpAddress::toString)) + "]\n";
        }
        return lines;
    }

    /// `status`, or nothing.
    String status() {
        return ingress.isEmpty()
                ? ""
                : "status:\n  loadBalancer:\n    ingress:\n"
                        + ingress.stream()
                                .map(ip -> "    - {ip: \"" + ip + "\", ipMode: " + ipMode + "}\n")
                                .collect(Collectors.joining());
    }

    private static List<IpAddress> parsed(String... addresses) {
        return Stream.of(addresses).map(IpAddress::of).toList();
    }

    private static String quoted(Stream<String> values) {
        return values.map(value -> "\"" + value + "\"").collect(Collectors.joining(", "));
    }
}
