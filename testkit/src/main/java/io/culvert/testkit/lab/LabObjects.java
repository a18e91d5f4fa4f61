// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The Node and Pod objects of a lab, as the control plane would show them.
public final class LabObjects {

    private LabObjects() {}

    /// All nodes and pods, without annotations.
    public static String all(Lab lab) {
        return Stream.concat(
                        lab.nodes().stream().map(LabObjects::node),
                        lab.pods().stream().map(pod -> pod(pod, Map.of())))
                .collect(Collectors.joining("---\n"));
    }

    public static String node(LabNode node) {
        var families = node.lab().families();
        return """
                apiVersion: v1
                kind: Node
                metadata:
                  name: %s
                  labels:
                    kubernetes.io/hostname: %s
                spec:
                  podCIDRs: [%s]
                status:
                  addresses:
                %s\
                """.formatted(
                        node.name(),
                        node.name(),
                        families.stream()
                                .map(family -> "\"" + node.podRange(family) + "\"")
                                .collect(Collectors.joining(", ")),
                        families.stream()
                                .map(family -> "  - {type: InternalIP, address: \"" + node.ip(family) + "\"}\n")
                                .collect(Collectors.joining()));
    }

    /// In namespace default, with its name as label `app`.
    public static String pod(LabPod pod, Map<String, String> annotations) {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  namespace: default
                  uid: %s
                  labels: {app: %s}
                  annotations: {%s}
                spec:
                  nodeName: %s
                  containers:
                  - {name: main, image: example.org/main}
                status:
                  phase: Running
                  podIPs:
                %s\
                """.formatted(
                        pod.name(),
                        pod.uid(),
                        pod.name(),
                        annotations.entrySet().stream()
                                .map(entry -> "\"" + entry.getKey() + "\": \"" + entry.getValue() + "\"")
                                .collect(Collectors.joining(", ")),
                        pod.node().name(),
                        pod.node().lab().families().stream()
                                .map(family -> "  - ip: \"" + pod.ip(family) + "\"\n")
                                .collect(Collectors.joining()));
    }
}
