// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A small cluster in manifests: every kind, and enough Services to make their code worth remembering.
final class RehearsalManifests {

    static final String NODE = "rehearsal";

    private static final int SERVICES = 50;

    private RehearsalManifests() {}

    static void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        StringBuilder yaml = new StringBuilder(64 << 10);
        yaml.append("""
                {apiVersion: v1, kind: Node, metadata: {name: %1$s, labels: {topology.kubernetes.io/zone: a}}, \
                status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}
                ---
                {apiVersion: v1, kind: Namespace, metadata: {name: default}}
                ---
                {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default, uid: 00-00, \
                annotations: {culvert.io/socket-lb: "off"}}, spec: {nodeName: %1$s}, status: {podIPs: [{ip: 192.0.2.9}]}}
                """.formatted(NODE));
        for (int i = 1; i <= SERVICES; i++) {
            yaml.append("---\n").append(service(i)).append("---\n").append(slice(i));
        }
        // One document that is refused, so that the way of a problem is rehearsed as well.
        yaml.append("---\n").append(service(1).replace("port: 80", "port: 80000"));
        Files.writeString(directory.resolve("rehearsal.yaml"), yaml);
    }

    /// Addresses are those that RFC 5737 and RFC 3849 keep for documentation.
    static String service(int i) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: s%1$d, namespace: default}
                spec:
                  type: ClusterIP
                  clusterIPs: [198.51.100.%1$d, "2001:db8::%1$d"]
                  ipFamilies: [IPv4, IPv6]
                  ports:
                  - {name: http, port: 80, targetPort: 8080, protocol: TCP}
                  - {name: dns, port: 53, protocol: UDP}
                """.formatted(i);
    }

    static String slice(int i) {
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: s%1$d-x
                  namespace: default
                  labels: {kubernetes.io/service-name: s%1$d}
                addressType: IPv4
                ports:
                - {name: http, port: 8080, protocol: TCP}
                - {name: dns, port: 53, protocol: UDP}
                endpoints:
                - addresses: [203.0.113.%1$d]
                  conditions: {ready: true, serving: true, terminating: false}
                  nodeName: %2$s
                  zone: a
                - addresses: [203.0.113.2%3$02d]
                  conditions: {ready: false}
                  hints: {forZones: [{name: a}]}
                """.formatted(i, NODE, i);
    }
}
