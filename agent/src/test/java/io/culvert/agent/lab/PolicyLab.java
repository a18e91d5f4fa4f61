// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.ReachTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The cluster of upstream's NetworkPolicy tests: namespaces x, y and z with pods a, b and c, on a routed
/// and on a bridged node, each pod behind a Service of its own, an agent on each node.
final class PolicyLab implements AutoCloseable {

    static final List<String> NAMES = List.of("xa", "xb", "xc", "ya", "yb", "yc", "za", "zb", "zc");
    static final List<Integer> PORTS = List.of(80, 81);

    /// Of each Service, for the pod's port `web`.
    static final int WEB = 8000;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration OFTEN = Duration.ofMillis(10);

    private final Lab lab;
    private final List<LabAgent> agents;
    private final EnforcedPolicies policies;
    private final Map<String, LabService> services = new TreeMap<>();
    private final Map<String, String> namespaceLabels = new TreeMap<>();
    private final Map<String, String> podLabels = new TreeMap<>();
    private final Set<String> hidden = new TreeSet<>();
    private final Set<String> terminating = new TreeSet<>();

    private PolicyLab(PodAttachment first) {
        lab = Lab.builder()
                .node("n1", first, "xa", "xc", "yb", "za", "zc")
                .node("n2", other(first), "xb", "ya", "yc", "zb")
                .create();
        agents = lab.nodes().stream().map(LabAgent::new).toList();
        for (String name : NAMES) {
            int number = 20 + NAMES.indexOf(name);
            LabService service = LabService.named(name, "10.96.0." + number, "fd96::" + Integer.toHexString(number));
            for (int port : PORTS) {
                service = service.port(port, port).port(Protocol.SCTP, port, port);
            }
            services.put(name, service.port(WEB, web(name)));
            serve(name);
        }
        policies = new EnforcedPolicies(lab, agents);
        writeObjects();
    }

    private void serve(String name) {
        LabPod pod = lab.pod(name);
        PORTS.forEach(pod.sockets()::serve);
        LabService service = Objects.requireNonNull(services.get(name)).backedBy(pod);
        lab.writeManifest("service-" + name + ".yaml", service.toYaml());
    }

    /// The number of a pod's port `web`: 80 of those called a, 81 of others.
    private static int web(String name) {
        return name.endsWith("a") ? 80 : 81;
    }

    private static PodAttachment other(PodAttachment attachment) {
        return attachment == PodAttachment.ROUTED ? PodAttachment.BRIDGED : PodAttachment.ROUTED;
    }

    /// With pod x/a, of which most is asked, on the routed node.
    static PolicyLab create(String... options) {
        return create(PodAttachment.ROUTED, options);
    }

    /// @param first how x/a is attached, and x/c, y/b, z/a and z/c; the others are in the other way
    static PolicyLab create(PodAttachment first, String... options) {
        PolicyLab made = new PolicyLab(first);
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
        terminating.clear();
        writeObjects();
        policies.enforce("");
    }

    /// These policies and no others.
    void policies(String yaml) {
        policies.write(yaml);
    }

    /// These policies and no others; waits as [EnforcedPolicies] does.
    void enforce(String yaml) {
        policies.enforce(yaml);
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

    /// Marks pods as deleted, which run on: as `x/a`.
    void terminate(String... names) {
        Stream.of(names).map(name -> name.replace("/", "")).forEach(terminating::add);
        writeObjects();
    }

    /// Takes a pod away with its interface and its object, and makes one of the same name.
    ///
    /// @param pod as `x/a`
    void replace(String pod) {
        LabPod old = pod(pod);
        LabNode node = old.node();
        node.removePod(old);
        hide(pod);
        node.addPod(old.name());
        serve(old.name());
        hide();
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
                metadata: {name: %s, namespace: %s, uid: %s, labels: {pod: %s, %s}%s}
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
                    - {name: serve-80-sctp, containerPort: 80, protocol: SCTP}
                    - {name: serve-81-sctp, containerPort: 81, protocol: SCTP}
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
                        terminating.contains(name) ? ", deletionTimestamp: \"2026-01-31T12:00:00Z\"" : "",
                        pod.node().name(),
                        web(name),
                        pod.ip(IpFamily.IPV4),
                        pod.ip(IpFamily.IPV6));
    }

    /// Waits until exactly these pairs cannot connect, of all pairs of different pods, in both families.
    ///
    /// @param traffic as `tcp/80`
    /// @param blocked as [PodPairs]
    void awaitBlocked(String traffic, String... blocked) {
        Predicate<PodQuestion> open = asked -> !new PodPairs(List.of(blocked)).contain(asked.client(), asked.server());
        Protocol protocol = Protocol.valueOf(traffic.split("/")[0].toUpperCase(Locale.ROOT));
        int port = Integer.parseInt(traffic.split("/")[1]);
        if (protocol == Protocol.SCTP) {
            List<PodQuestion> all = NAMES.stream()
                    .flatMap(client -> questions(client, protocol, port).stream())
                    .toList();
            try (SctpOpenings openings = new SctpOpenings(this)) {
                awaitNone(traffic, () -> openings.differences(all, open));
            }
        } else {
            awaitNone(
                    traffic,
                    () -> AtOnce.with(
                                    NAMES,
                                    client -> PodQuestion.differences(lab, questions(client, protocol, port), open))
                            .stream()
                            .flatMap(List::stream)
                            .toList());
        }
    }

    private static void awaitNone(String traffic, Supplier<List<String>> differences) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(OFTEN)
                .untilAsserted(() -> assertThat(differences.get()).as(traffic).isEmpty());
    }

    private List<PodQuestion> questions(String client, Protocol protocol, int port) {
        List<PodQuestion> questions = new ArrayList<>();
        for (String server : NAMES) {
            for (IpFamily family : IpFamily.values()) {
                if (!server.equals(client)) {
                    var target = new ReachTarget(protocol, service(server, family), port);
                    questions.add(new PodQuestion(client, server, family, target));
                }
            }
        }
        return questions;
    }

    /// The ClusterIP of the Service of a pod.
    IpAddress service(String pod, IpFamily family) {
        return Objects.requireNonNull(services.get(pod)).clusterIps().stream()
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        lab.close();
    }
}
