// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.cluster.Change;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.manifest.Manifest;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// 5,000 pods in 500 namespaces with 2,000 NetworkPolicies, as objects; 110 of the pods are on node `n1`.
final class PolicyCluster {

    static final int NAMESPACES = 500;
    static final int PODS = 5_000;
    static final int POLICIES = 2_000;
    static final int LOCAL = 110;

    private static final int TEAMS = 20;
    private static final int APPS = 5;

    private PolicyCluster() {}

    static List<String> objects() {
        return Stream.of(
                        namespaces().stream(),
                        IntStream.range(0, PODS).mapToObj(pod -> pod(pod, "a" + pod % APPS)),
                        IntStream.range(0, POLICIES).mapToObj(PolicyCluster::policy))
                .flatMap(all -> all)
                .toList();
    }

    static List<String> namespaces() {
        return IntStream.range(0, NAMESPACES).mapToObj(PolicyCluster::namespace).toList();
    }

    /// As an agent has it once all is read.
    static ClusterState state() {
        ClusterStore store = new ClusterStore(Set.of("bench"));
        Manifest manifest = Manifest.read("bench.yaml", String.join("---\n", objects()));
        if (!manifest.problems().isEmpty()) {
            throw new IllegalStateException(manifest.problems().getFirst().toString());
        }
        store.apply(manifest.objects().stream().map(Change::put).toList());
        return store.state();
    }

    private static String namespace(int number) {
        return """
                apiVersion: v1
                kind: Namespace
                metadata: {name: ns%d, labels: {team: t%d}}
                """.formatted(number, number % TEAMS);
    }

    /// @param app value of the label that selectors ask for
    static String pod(int number, String app) {
        String node = number % (PODS / LOCAL) == 0 && number / (PODS / LOCAL) < LOCAL ? "n1" : "n2";
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: pod%d, namespace: ns%d, uid: u%d, labels: {app: %s, pod-template-hash: h%d}}
                spec:
                  nodeName: %s
                  containers: [{name: main, ports: [{name: web, containerPort: 8080}]}]
                status: {phase: Running, podIPs: [{ip: 10.%d.%d.1}, {ip: "fd00::%x"}]}
                """.formatted(
                number, number % NAMESPACES, number, app, number, node, 64 + (number >> 8), number & 255, number + 1);
    }

    static String policy(int number) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: p%d, namespace: ns%d}
                spec:
                  podSelector: {matchLabels: {%s}}
                  policyTypes: [Ingress]
                  ingress:
                  - from:
                    - podSelector: {matchExpressions: [{key: app, operator: In, values: [a1, a2]}]}
                    - namespaceSelector: {matchLabels: {team: t%d}}
                    ports: [{port: 80}, {port: 8000, endPort: 8100}]
                  - from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.%d.0.0/16]}}]
                    ports: [{port: 443}]
                  - ports: [{port: web}]
                """.formatted(
                        number,
                        number % NAMESPACES,
                        number % 4 == 0 ? "" : "app: a" + number % APPS,
                        number % TEAMS,
                        64 + number % TEAMS);
    }
}
