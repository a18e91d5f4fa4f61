// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpAddress;
import java.util.List;
import java.util.stream.IntStream;

/// A TCP Service of one port, in the form that every contender's rules can be made from.
///
/// @param index position in the cluster, which names it `svc-<index>`
/// @param clusterIp IPv4 address that clients dial
/// @param port Service port
/// @param endpoints IPv4 addresses of the pods
/// @param targetPort port of the pods
record BenchService(int index, IpAddress clusterIp, int port, List<IpAddress> endpoints, int targetPort) {

    static final int PORT = 80;
    static final int TARGET_PORT = 8080;

    /// `count` Services at 10.96.0.1 and up that all lead to the same endpoints.
    static List<BenchService> cluster(int count, List<IpAddress> endpoints) {
        return IntStream.range(0, count).mapToObj(i -> of(i, endpoints)).toList();
    }

    static BenchService of(int index, List<IpAddress> endpoints) {
        return new BenchService(index, clusterIp(index), PORT, endpoints, TARGET_PORT);
    }

    /// The same with the first `count` of its own endpoints of [ScaleBenchmark].
    BenchService withEndpoints(int count) {
        return of(index, ScaleBenchmark.endpoints(index, count));
    }

    /// 10.96.0.1 for the first Service, and so on.
    static IpAddress clusterIp(int index) {
        return IpAddress.ofV4(0x0a600001 + index);
    }

    String name() {
        return "svc-" + index;
    }

    /// The Service and its EndpointSlice as Kubernetes YAML, every endpoint on node `node`.
    String manifest(String node) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s, namespace: default}
                spec:
                  clusterIP: %2$s
                  clusterIPs: [%2$s]
                  ports: [{name: http, protocol: TCP, port: %3$d, targetPort: %4$d}]
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %1$s-1, namespace: default, labels: {kubernetes.io/service-name: %1$s}}
                addressType: IPv4
                ports: [{name: http, protocol: TCP, port: %4$d}]
                endpoints:
                """.formatted(name(), clusterIp, port, targetPort));
        for (IpAddress endpoint : endpoints) {
            yaml.append("- {addresses: [%s], conditions: {ready: true}, nodeName: %s}%n".formatted(endpoint, node));
        }
        return yaml.toString();
    }
}
