// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A Service of the lab and its EndpointSlices, as the control plane would write them.
///
/// @param backends the pods behind it, ready; its slices have the families of its cluster IPs
/// @param affinitySeconds of session affinity by client; 0: none
public record LabService(
        String name,
        List<IpAddress> clusterIps,
        List<Port> ports,
        List<LabPod> backends,
        String internalTrafficPolicy,
        LabExposure exposure,
        int affinitySeconds) {

    /// @param port of the Service
    /// @param targetPort of the pods
    public record Port(String name, Protocol protocol, int port, int targetPort) {}

    /// A Service in the namespace `default`.
    public static LabService named(String name, String... clusterIps) {
        List<IpAddress> addresses = Stream.of(clusterIps).map(IpAddress::of).toList();
        return new LabService(name, addresses, List.of(), List.of(), "Cluster", LabExposure.NONE, 0);
    }

    /// With one more port, which has the same number for TCP and for UDP.
    public LabService port(int port, int targetPort) {
        return port(Protocol.TCP, port, targetPort).port(Protocol.UDP, port, targetPort);
    }

    /// With one more port.
    public LabService port(Protocol protocol, int port, int targetPort) {
        List<Port> more = new ArrayList<>(ports);
        more.add(new Port(protocol.name().toLowerCase(Locale.ROOT) + "-" + port, protocol, port, targetPort));
        return new LabService(
                name, clusterIps, List.copyOf(more), backends, internalTrafficPolicy, exposure, affinitySeconds);
    }

    public LabService backedBy(LabPod... pods) {
        return new LabService(name, clusterIps, ports, List.of(pods), internalTrafficPolicy, exposure, affinitySeconds);
    }

    /// @param policy `Cluster` or `Local`
    public LabService internalTrafficPolicy(String policy) {
        return new LabService(name, clusterIps, ports, backends, policy, exposure, affinitySeconds);
    }

    public LabService exposed(LabExposure other) {
        return new LabService(name, clusterIps, ports, backends, internalTrafficPolicy, other, affinitySeconds);
    }

    /// @param seconds that a client stays with its backend after its last new connection
    public LabService clientAffinity(int seconds) {
        return new LabService(name, clusterIps, ports, backends, internalTrafficPolicy, exposure, seconds);
    }

    /// The Service and one EndpointSlice a family.
    public String toYaml() {
        return Stream.concat(
                        Stream.of(service()),
                        clusterIps.stream().map(IpAddress::family).map(this::slice))
                .collect(Collectors.joining("---\n"));
    }

    private String service() {
        String families = clusterIps.stream().map(ip -> ip.family().apiName()).collect(Collectors.joining(", "));
        return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: %s
                  namespace: default
                  creationTimestamp: "2026-01-01T00:00:00Z"
                spec:
                %s%s\
                  clusterIP: "%s"
                  clusterIPs: [%s]
                  ipFamilies: [%s]
                  internalTrafficPolicy: %s
                  ports:
                """.formatted(
                                name,
                                exposure.spec(),
                                affinity(),
                                clusterIps.getFirst(),
                                quoted(clusterIps),
                                families,
                                internalTrafficPolicy)
                + each(
                        ports,
                        port -> "  - {name: %s, protocol: %s, port: %d, targetPort: %d%s}\n"
                                .formatted(
                                        port.name(), port.protocol(), port.port(), port.targetPort(), nodePort(port)))
                + exposure.status();
    }

    private String affinity() {
        return affinitySeconds == 0
                ? ""
                : "  sessionAffinity: ClientIP\n  sessionAffinityConfig: {clientIP: {timeoutSeconds: " + affinitySeconds
                        + "}}\n";
    }

    private String nodePort(Port port) {
        boolean first = port.port() == ports.getFirst().port();
        return first && exposure.nodePort() != 0 ? ", nodePort: " + exposure.nodePort() : "";
    }

    private String slice(IpFamily family) {
        String header = """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %s-%s
                  namespace: default
                  labels:
                    kubernetes.io/service-name: %s
                addressType: %s
                """.formatted(name, family.apiName().toLowerCase(Locale.ROOT), name, family.apiName());
        String slicePorts = each(
                ports,
                port -> "- {name: %s, protocol: %s, port: %d}\n"
                        .formatted(port.name(), port.protocol(), port.targetPort()));
        String endpoints = each(
                backends,
                pod -> "- {addresses: [\"%s\"], conditions: {ready: true}, nodeName: %s}\n"
                        .formatted(pod.ip(family), pod.node().name()));
        return header + "ports:\n" + slicePorts + (backends.isEmpty() ? "endpoints: []\n" : "endpoints:\n" + endpoints);
    }

    private static String quoted(List<IpAddress> addresses) {
        return addresses.stream().map(ip -> "\"" + ip + "\"").collect(Collectors.joining(", "));
    }

    private static <T> String each(List<T> values, Function<T, String> line) {
        return values.stream().map(line).collect(Collectors.joining());
    }
}
