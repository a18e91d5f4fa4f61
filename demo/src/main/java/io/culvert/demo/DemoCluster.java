// SPDX-License-Identifier: Apache-2.0
package io.culvert.demo;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The objects of the demo's cluster, as Kubernetes YAML made from what the lab really has.
final class DemoCluster {

    static final String WEB_V4 = "10.96.0.10";
    static final String WEB_V6 = "fd00:10:96::10";
    static final String DNS_V4 = "10.96.0.53";
    static final String EMPTY_V4 = "10.96.0.66";
    static final int PORT = 8080;

    private final Lab lab;

    DemoCluster(Lab lab) {
        this.lab = lab;
    }

    /// Both nodes and all pods; the pod `sidecar` opts out of socket translation.
    String nodesAndPods() {
        return Stream.concat(
                        lab.nodes().stream().map(DemoCluster::node),
                        lab.pods().stream().map(DemoCluster::pod))
                .collect(Collectors.joining("---\n"));
    }

    /// Service web (TCP, dual stack), dns (UDP) and empty (no endpoints).
    String services(List<LabPod> web, List<LabPod> dns) {
        return Stream.of(
                        service("web", "TCP", 80, List.of(WEB_V4, WEB_V6)),
                        slice("web", "TCP", IpFamily.IPV4, web),
                        slice("web", "TCP", IpFamily.IPV6, web),
                        service("dns", "UDP", 53, List.of(DNS_V4)),
                        slice("dns", "UDP", IpFamily.IPV4, dns),
                        service("empty", "TCP", 80, List.of(EMPTY_V4)))
                .collect(Collectors.joining("---\n"));
    }

    private static String node(LabNode node) {
        return """
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                status:
                  addresses:
                  - {type: InternalIP, address: "%s"}
                  - {type: InternalIP, address: "%s"}
                """.formatted(node.name(), node.ip(IpFamily.IPV4), node.ip(IpFamily.IPV6));
    }

    private static String pod(LabPod pod) {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  namespace: default
                  uid: %s
                  annotations: {culvert.io/socket-lb: "%s"}
                spec: {nodeName: %s}
                status:
                  podIPs: [{ip: "%s"}, {ip: "%s"}]
                """.formatted(
                        pod.name(),
                        pod.uid(),
                        pod.name().equals("sidecar") ? "off" : "on",
                        pod.node().name(),
                        pod.ip(IpFamily.IPV4),
                        pod.ip(IpFamily.IPV6));
    }

    private static String service(String name, String protocol, int port, List<String> addresses) {
        String quoted = addresses.stream().map(a -> '"' + a + '"').collect(Collectors.joining(", "));
        String families =
                addresses.stream().map(a -> a.contains(":") ? "IPv6" : "IPv4").collect(Collectors.joining(", "));
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec:
                  type: ClusterIP
                  clusterIP: "%s"
                  clusterIPs: [%s]
                  ipFamilies: [%s]
                  ports: [{name: main, protocol: %s, port: %d}]
                """.formatted(name, addresses.getFirst(), quoted, families, protocol, port);
    }

    private static String slice(String service, String protocol, IpFamily family, List<LabPod> pods) {
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %1$s-%2$s
                  namespace: default
                  labels: {kubernetes.io/service-name: %1$s}
                addressType: %3$s
                ports: [{name: main, protocol: %4$s, port: %5$d}]
                endpoints:
                """.formatted(
                        service, family.apiName().toLowerCase(java.util.Locale.ROOT), family.apiName(), protocol, PORT)
                + pods.stream().map(pod -> endpoint(pod, family)).collect(Collectors.joining());
    }

    private static String endpoint(LabPod pod, IpFamily family) {
        return """
                - {addresses: ["%s"], conditions: {ready: true, serving: true, terminating: false}, nodeName: %s}
                """.formatted(pod.ip(family), pod.node().name());
    }
}
