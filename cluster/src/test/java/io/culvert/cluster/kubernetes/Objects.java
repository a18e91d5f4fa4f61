// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

/// Texts of objects for the fake API server.
final class Objects {

    private Objects() {}

    static String service(String name, int port) {
        return service(name, port, "");
    }

    static String service(String name, int port, String labels) {
        return """
                kind: Service
                metadata: {name: %s, labels: {%s}}
                spec: {clusterIP: 10.96.0.10, ports: [{port: %d}]}
                """.formatted(name, labels, port);
    }

    static String slice(String name, String service, String labels, String... addresses) {
        StringBuilder endpoints = new StringBuilder();
        for (String address : addresses) {
            endpoints.append("{addresses: [").append(address).append("]},");
        }
        return """
                kind: EndpointSlice
                metadata: {name: %s, labels: {kubernetes.io/service-name: %s, %s}}
                addressType: IPv4
                ports: [{name: "", port: 8080}]
                endpoints: [%s]
                """.formatted(name, service, labels, endpoints);
    }

    static String node(String name) {
        return """
                kind: Node
                metadata: {name: %s, labels: {topology.kubernetes.io/zone: a}}
                status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
                """.formatted(name);
    }

    static String networkPolicy(String name, String spec) {
        return "kind: NetworkPolicy\nmetadata: {name: %s}\nspec: %s\n".formatted(name, spec);
    }

    static String clusterNetworkPolicy(String name, int priority) {
        return """
                kind: ClusterNetworkPolicy
                metadata: {name: %s}
                spec: {tier: Admin, priority: %d, subject: {namespaces: {}}}
                """.formatted(name, priority);
    }

    static String pod(String name, String node) {
        return """
                kind: Pod
                metadata: {name: %s, uid: u-%s}
                spec: {nodeName: %s}
                status: {podIPs: [{ip: 10.1.0.3}]}
                """.formatted(name, name, node);
    }
}
