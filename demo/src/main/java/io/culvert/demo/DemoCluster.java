// SPDX-License-Identifier: Apache-2.0
package io.culvert.demo;

import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The objects of the demo's cluster, as Kubernetes YAML made from what the lab really has.
record DemoCluster(Lab lab) {

    static final String WEB_V4 = "10.96.0.10";
    static final String WEB_V6 = "fd00:10:96::10";
    static final String DNS = "10.96.0.53";
    static final String LOCAL = "10.96.0.13";
    static final String EMPTY = "10.96.0.66";
    static final String STICKY = "10.96.0.12";
    static final String VIP_V4 = "203.0.113.10";
    static final String VIP_V6 = "2001:db8:113::10";
    static final int NODE_PORT = 30080;
    static final int LOCAL_NODE_PORT = 30081;
    static final int WEB_PORT = 80;
    static final int DNS_PORT = 53;
    static final int TARGET_PORT = 8080;

    /// Both nodes and all pods; the pod `sidecar` opts out of socket translation.
    String nodesAndPods() {
        Map<String, String> optedOut = Map.of("culvert.io/socket-lb", "off");
        return Stream.concat(
                        lab.nodes().stream().map(LabObjects::node),
                        lab.pods().stream()
                                .map(pod -> LabObjects.pod(pod, pod.name().equals("sidecar") ? optedOut : Map.of())))
                .collect(Collectors.joining("---\n"));
    }

    /// Service web (dual stack), dns, and empty (without endpoints); shop and local, which the outside can reach; and
    /// sticky, which keeps a client with its backend.
    String services(List<LabPod> web, List<LabPod> dns) {
        return Stream.of(
                        service("web", WEB_PORT, web, WEB_V4, WEB_V6),
                        service("dns", DNS_PORT, dns, DNS),
                        service("empty", WEB_PORT, List.of(), EMPTY),
                        service("shop", WEB_PORT, web, "10.96.0.11", "fd00:10:96::11")
                                .exposed(LabExposure.loadBalancer(NODE_PORT, VIP_V4, VIP_V6)),
                        service("local", WEB_PORT, pods("web-1"), LOCAL)
                                .exposed(LabExposure.nodePort(LOCAL_NODE_PORT).trafficPolicy("Local")),
                        service("sticky", WEB_PORT, web, STICKY).clientAffinity(60))
                .map(LabService::toYaml)
                .collect(Collectors.joining("---\n"));
    }

    List<LabPod> pods(String... names) {
        return Stream.of(names).map(lab::pod).toList();
    }

    /// Every pod answers on the target port, over TCP and UDP.
    void serve() {
        for (LabNode node : lab.nodes()) {
            node.pods().forEach(pod -> pod.sockets().serve(TARGET_PORT));
        }
    }

    private static LabService service(String name, int port, List<LabPod> backends, String... clusterIps) {
        return LabService.named(name, clusterIps).port(port, TARGET_PORT).backedBy(backends.toArray(LabPod[]::new));
    }
}
