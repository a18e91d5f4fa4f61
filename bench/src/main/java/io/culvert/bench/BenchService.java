// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A Service of a benchmark, of the family of its endpoints, with one port over TCP.
///
/// @param index 0 for the first; its cluster IP follows from it
/// @param nodePort 0: none
/// @param endpoints one at least
/// @param direct whether these answer clients outside themselves
record BenchService(
        int index,
        IpAddress clusterIp,
        int port,
        int nodePort,
        List<IpAddress> endpoints,
        int targetPort,
        boolean direct) {

    static final int PORT = 80;
    static final int TARGET_PORT = 8080;

    /// `count` Services at the first cluster IPs that all lead to the same endpoints.
    static List<BenchService> cluster(int count, List<IpAddress> endpoints) {
        return IntStream.range(0, count).mapToObj(i -> of(i, endpoints)).toList();
    }

    static BenchService of(int index, List<IpAddress> endpoints) {
        return new BenchService(
                index, clusterIp(endpoints.getFirst().family(), index), PORT, 0, endpoints, TARGET_PORT, false);
    }

    /// The same with the first `count` of its own endpoints of [ScaleBenchmark].
    BenchService withEndpoints(int count) {
        return withEndpoints(ScaleBenchmark.endpoints(index, count));
    }

    BenchService withEndpoints(List<IpAddress> others) {
        return new BenchService(index, clusterIp, port, nodePort, others, targetPort, direct);
    }

    BenchService withNodePort(int number) {
        return new BenchService(index, clusterIp, port, number, endpoints, targetPort, direct);
    }

    /// The same with direct server return.
    BenchService answeredDirectly() {
        return new BenchService(index, clusterIp, port, nodePort, endpoints, targetPort, true);
    }

    /// 10.96.0.1 for the first Service, and so on.
    static IpAddress clusterIp(int index) {
        return clusterIp(IpFamily.IPV4, index);
    }

    static IpAddress clusterIp(boolean v4, int index) {
        return clusterIp(v4 ? IpFamily.IPV4 : IpFamily.IPV6, index);
    }

    private static IpAddress clusterIp(IpFamily family, int index) {
        return family == IpFamily.IPV4
                ? IpAddress.ofV4(0x0a600001 + index)
                : IpAddress.of("fd96::" + Integer.toHexString(index + 1));
    }

    String name() {
        return "svc-" + index;
    }

    /// The Service and its EndpointSlice as Kubernetes YAML, every endpoint on node `node`.
    String manifest(String node) {
        return service() + "---\n" + slice(1, endpoints, node);
    }

    private String service() {
        String type = nodePort == 0 ? "type: ClusterIP" : "type: NodePort";
        String more = nodePort == 0 ? "" : ", nodePort: " + nodePort;
        String mode = direct ? ", annotations: {culvert.io/forwarding-mode: dsr}" : "";
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s, namespace: default%8$s}
                spec:
                  %2$s
                  clusterIP: "%3$s"
                  clusterIPs: ["%3$s"]
                  ipFamilies: [%4$s]
                  ports: [{name: http, protocol: TCP, port: %5$d, targetPort: %6$d%7$s}]
                """.formatted(name(), type, clusterIp, family(), port, targetPort, more, mode);
    }

    /// One of its EndpointSlices.
    ///
    /// @param number 1 for the first
    String slice(int number, List<IpAddress> part, String node) {
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %1$s-%2$d, namespace: default, labels: {kubernetes.io/service-name: %1$s}}
                addressType: %3$s
                ports: [{name: http, protocol: TCP, port: %4$d}]
                endpoints:
                """.formatted(name(), number, family(), targetPort)
                + part.stream()
                        .map(endpoint -> "- {addresses: [\"%s\"], conditions: {ready: true}, nodeName: %s}\n"
                                .formatted(endpoint, node))
                        .collect(Collectors.joining());
    }

    private String family() {
        return clusterIp.isV4() ? "IPv4" : "IPv6";
    }
}
