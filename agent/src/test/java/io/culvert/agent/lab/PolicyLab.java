// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The cluster of upstream's NetworkPolicy tests: namespaces x, y and z with pods a, b and c, on a routed
/// and on a bridged node, each pod behind a Service of its own, an agent on each node.
final class PolicyLab implements AutoCloseable {

    static final List<String> NAMES = List.of("xa", "xb", "xc", "ya", "yb", "yc", "za", "zb", "zc");
    static final List<Integer> PORTS = List.of(80, 81);

    /// Of each Service, for the pod's port `web`.
    static final int WEB = 8000;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// Long for a connection within a machine; short, because most of what is tried here is to fail.
    private static final Duration REFUSED = Duration.ofMillis(200);

    private static final Duration ALLOWED = Duration.ofSeconds(1);

    private final Lab lab = Lab.builder()
            .node("n1", PodAttachment.ROUTED, "xa", "xc", "yb", "za", "zc")
            .node("n2", PodAttachment.BRIDGED, "xb", "ya", "yc", "zb")
            .create();
    private final List<LabAgent> agents =
            lab.nodes().stream().map(LabAgent::new).toList();
    private final Map<String, LabService> services = new TreeMap<>();
    private final Map<String, String> namespaceLabels = new TreeMap<>();
    private final Map<String, String> podLabels = new TreeMap<>();
    private final Set<String> hidden = new TreeSet<>();

    private PolicyLab() {
        for (String name : NAMES) {
            int number = 20 + NAMES.indexOf(name);
            LabService service = LabService.named(name, "10.96.0." + number, "fd96::" + Integer.toHexString(number))
                    .backedBy(lab.pod(name));
            for (int port : PORTS) {
                service = service.port(port, port);
                lab.pod(name).sockets().serve(port);
            }
            service = service.port(WEB, web(name));
            services.put(name, service);
            lab.writeManifest("service-" + name + ".yaml", service.toYaml());
        }
        reset();
    }

    /// The number of a pod's port `web`: 80 of those called a, 81 of others.
    private static int web(String name) {
        return name.endsWith("a") ? 80 : 81;
    }

    static PolicyLab create(String... options) {
        PolicyLab made = new PolicyLab();
        try {
            made.agents.forEach(agent -> agent.launch(options));
            made.agents.forEach(LabAgent::awaitReady);
            return made;
        } catch (RuntimeException | AssertionError e) {
            made.close();
            throw e;
        }
    }

    Lab lab() {
        return lab;
    }

    List<LabAgent> agents() {
        return agents;
    }

    /// The pod of a name as `x/a`.
    LabPod pod(String name) {
        return lab.pod(name.replace("/", ""));
    }

    /// Takes all policies away, and all labels that tests gave.
    void reset() {
        namespaceLabels.clear();
        podLabels.clear();
        hidden.clear();
        writeObjects();
        policies("");
    }

    /// These policies and no others.
    void policies(String yaml) {
        lab.writeManifest("policies.yaml", yaml.isEmpty() ? "# none\n" : yaml);
    }

    /// @param label as `ns2: updated`
    void labelNamespace(String namespace, String label) {
        namespaceLabels.put(namespace, label);
        writeObjects();
    }

    /// @param pod as `x/a`
    /// @param label as `pod2: updated`
    void labelPod(String pod, String label) {
        podLabels.put(pod.replace("/", ""), label);
        writeObjects();
    }

    /// Leaves objects out, as if they were deleted: pods as `x/a`, namespaces as `x`.
    void hide(String... names) {
        hidden.clear();
        hidden.addAll(List.of(names));
        writeObjects();
    }

    private boolean isHidden(String name) {
        return hidden.contains(name.substring(0, 1)) || hidden.contains(name.charAt(0) + "/" + name.substring(1));
    }

    /// What the objects tell of a pod; empty if they are hidden.
    ///
    /// @param name as `xa`
    Optional<FeaturePolicy.Pod> object(String name) {
        if (isHidden(name)) {
            return Optional.empty();
        }
        String namespace = name.substring(0, 1);
        return Optional.of(new FeaturePolicy.Pod(
                namespace,
                labels(
                        "ns: " + namespace,
                        "kubernetes.io/metadata.name: " + namespace,
                        namespaceLabels.getOrDefault(namespace, "other: none")),
                labels("pod: " + name.substring(1), podLabels.getOrDefault(name, "other: none"))));
    }

    private static Map<String, String> labels(String... pairs) {
        Map<String, String> labels = new TreeMap<>();
        for (String pair : pairs) {
            labels.put(pair.split(": ")[0], pair.split(": ")[1]);
        }
        return labels;
    }

    private void writeObjects() {
        StringBuilder yaml = new StringBuilder();
        for (LabNode node : lab.nodes()) {
            yaml.append(LabObjects.node(node)).append("---\n");
        }
        for (String namespace : List.of("x", "y", "z")) {
            if (hidden.contains(namespace)) {
                continue;
            }
            yaml.append("""
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: %s, labels: {ns: %s, %s}}
                    ---
                    """.formatted(namespace, namespace, namespaceLabels.getOrDefault(namespace, "other: none")));
        }
        NAMES.stream()
                .filter(name -> !isHidden(name))
                .forEach(name -> yaml.append(pod(name, podLabels.getOrDefault(name, "other: none"))));
        lab.writeManifest("objects.yaml", yaml.toString());
    }

    private String pod(String name, String label) {
        LabPod pod = lab.pod(name);
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: %s, uid: %s, labels: {pod: %s, %s}}
                spec:
                  nodeName: %s
                  containers:
                  - name: main
                    image: example.org/main
                    ports:
                    - {name: serve-80-tcp, containerPort: 80, protocol: TCP}
                    - {name: serve-81-tcp, containerPort: 81, protocol: TCP}
                    - {name: serve-80-udp, containerPort: 80, protocol: UDP}
                    - {name: serve-81-udp, containerPort: 81, protocol: UDP}
                    - {name: web, containerPort: %d, protocol: TCP}
                status:
                  phase: Running
                  podIPs: [{ip: "%s"}, {ip: "%s"}]
                ---
                """.formatted(
                        name.substring(1),
                        name.substring(0, 1),
                        pod.uid(),
                        name.substring(1),
                        label,
                        pod.node().name(),
                        web(name),
                        pod.ip(IpFamily.IPV4),
                        pod.ip(IpFamily.IPV6));
    }

    /// Waits until exactly these pairs cannot connect, of all pairs of different pods, in both families.
    ///
    /// @param traffic as `tcp/80`
    /// @param blocked as `* -> x/a`, `x/* -> *`; with `!` in front, pairs that are not blocked after all
    void awaitBlocked(String traffic, String... blocked) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(differences(traffic, List.of(blocked)))
                        .as(traffic)
                        .isEmpty());
    }

    private List<String> differences(String traffic, List<String> blocked) {
        return NAMES.parallelStream()
                .flatMap(client -> differences(client, traffic, blocked).stream())
                .toList();
    }

    private List<String> differences(String client, String traffic, List<String> blocked) {
        List<String> differences = new ArrayList<>();
        for (String server : NAMES) {
            if (server.equals(client)) {
                continue;
            }
            boolean wanted = !matches(client, server, blocked);
            for (IpFamily family : IpFamily.values()) {
                if (connects(client, server, family, traffic, wanted ? ALLOWED : REFUSED) != wanted) {
                    differences.add("%s -> %s by %s is %s"
                            .formatted(client, server, family, wanted ? "blocked" : "not blocked"));
                }
            }
        }
        return differences;
    }

    private boolean connects(String client, String server, IpFamily family, String traffic, Duration patience) {
        String[] parts = traffic.split("/");
        Dial dial = Dial.to(service(server, family), Integer.parseInt(parts[1])).within(patience);
        var sockets = lab.pod(client).sockets();
        return (parts[0].equals("tcp") ? sockets.tcp(dial) : sockets.udp(dial)) instanceof Outcome.Answer;
    }

    /// The ClusterIP of the Service of a pod.
    IpAddress service(String pod, IpFamily family) {
        return Objects.requireNonNull(services.get(pod)).clusterIps().stream()
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElseThrow();
    }

    /// Whether some entry names the pair and none takes it back.
    private static boolean matches(String client, String server, List<String> pairs) {
        return pairs.stream().anyMatch(pair -> !pair.startsWith("!") && matches(client, server, pair))
                && pairs.stream().noneMatch(pair -> pair.startsWith("!") && matches(client, server, pair.substring(1)));
    }

    private static boolean matches(String client, String server, String pair) {
        String[] ends = pair.split(" -> ");
        return matches(client, ends[0]) && matches(server, ends[1]);
    }

    private static boolean matches(String name, String pattern) {
        String[] parts = pattern.equals("*") ? new String[] {"*", "*"} : pattern.split("/");
        return Arrays.asList("*", name.substring(0, 1)).contains(parts[0])
                && Arrays.asList("*", name.substring(1)).contains(parts[1]);
    }

    @Override
    public void close() {
        lab.close();
    }
}
