// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The cluster of these tests: a routed and a bridged node, an agent on each, and on each node a client, a client that
/// opted out of socket translation, and a server.
final class ServiceLab implements AutoCloseable {

    static final int PORT = 80;
    static final int TARGET_PORT = 8080;

    /// Longer than any translation takes, shorter than the kernel's own retries.
    static final Duration BRIEF = Duration.ofMillis(700);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Lab lab = Lab.builder()
            .node("n1", PodAttachment.ROUTED, "client1", "plain1", "web1")
            .node("n2", PodAttachment.BRIDGED, "client2", "plain2", "web2")
            .create();
    private final List<LabAgent> agents;
    private final List<LabHost> foreign;

    private ServiceLab() {
        agents = lab.nodes().stream().map(LabAgent::new).toList();
        foreign = Stream.of("client1", "client2")
                .map(name -> lab.pod(name).outsideOfCgroup())
                .toList();
        lab.writeManifest("nodes.yaml", nodesAndPods(lab));
        pods("web1", "web2").forEach(pod -> pod.sockets().serve(TARGET_PORT));
    }

    /// A lab whose agents have these Services. Before they start, no Service is reachable: what the tests show later is
    /// the agents' doing.
    static ServiceLab with(LabService... services) {
        return with(List.of(), services);
    }

    /// The same with these options for every agent.
    static ServiceLab with(List<String> options, LabService... services) {
        ServiceLab made = new ServiceLab();
        try {
            for (LabService service : services) {
                made.apply(service);
            }
            for (LabHost client : made.clients()) {
                Dial dial = made.dial(services[0], IpFamily.IPV4).within(Duration.ofMillis(100));
                assertThat(client.sockets().tcp(dial).failure().errno()).isNotEqualTo("ECONNREFUSED");
            }
            made.startAgents(options.toArray(String[]::new));
            return made;
        } catch (RuntimeException | AssertionError e) {
            made.close();
            throw e;
        }
    }

    /// A Service on 10.96.0.`number` and fd96::`number` (hexadecimal), TCP and UDP.
    static LabService service(String name, int number) {
        return LabService.named(name, "10.96.0." + number, "fd96::" + Integer.toHexString(number))
                .port(PORT, TARGET_PORT);
    }

    void startAgents(String... options) {
        agents.forEach(agent -> agent.launch(options));
        agents.forEach(LabAgent::awaitReady);
    }

    Lab lab() {
        return lab;
    }

    LabPod pod(String name) {
        return lab.pod(name);
    }

    List<LabAgent> agents() {
        return agents;
    }

    /// Adds or changes a Service on all nodes; the agents see it a moment later.
    void apply(LabService service) {
        lab.writeManifest(service.name() + ".yaml", service.toYaml());
    }

    /// The same with annotations.
    void apply(LabService service, Map<String, String> annotations) {
        lab.writeManifest(service.name() + ".yaml", annotated(service, annotations));
    }

    static String annotated(LabService service, Map<String, String> annotations) {
        String lines = annotations.entrySet().stream()
                .map(entry -> "    " + entry.getKey() + ": \"" + entry.getValue() + "\"\n")
                .collect(Collectors.joining());
        String metadata = "  namespace: default\n";
        return service.toYaml().replaceFirst(metadata, Matcher.quoteReplacement(metadata + "  annotations:\n" + lines));
    }

    void delete(LabService service) {
        lab.deleteManifest(service.name() + ".yaml");
    }

    /// Waits until every agent lists the Service with so many different backends, those of both families counted.
    void awaitBackends(LabService service, int backends) {
        for (LabAgent agent : agents) {
            await().atMost(PATIENCE)
                    .until(() -> Listing.of(agent).backendsOf(service.name()).size() == backends);
        }
    }

    /// Waits until every agent lists `pod` as the only backend of the Service, for both families.
    void awaitBackend(LabService service, LabPod pod) {
        Set<String> wanted = Stream.of(IpFamily.values())
                .map(family -> pod.ip(family) + " " + TARGET_PORT)
                .collect(Collectors.toSet());
        for (LabAgent agent : agents) {
            await().atMost(PATIENCE)
                    .until(() -> Listing.of(agent).backendsOf(service.name()).equals(wanted));
        }
    }

    void awaitListed(LabService service) {
        for (LabAgent agent : agents) {
            await().atMost(PATIENCE).until(() -> Listing.of(agent).has(service.name()));
        }
    }

    /// Every way to be a client of a Service: pods whose sockets are translated, pods whose packets are (opted out, or
    /// in a cgroup that no hook sees), and host processes.
    List<LabHost> clients() {
        return Stream.of(socketClients().stream(), packetClients().stream(), lab.nodes().stream())
                .flatMap(clients -> clients)
                .map(LabHost.class::cast)
                .toList();
    }

    /// Pods whose sockets are translated when they connect.
    List<LabPod> socketClients() {
        return pods("client1", "client2");
    }

    /// Hosts in pods whose packets are translated one by one.
    List<LabHost> packetClients() {
        return Stream.concat(pods("plain1", "plain2").stream(), foreign.stream())
                .toList();
    }

    Dial dial(LabService service, IpFamily family) {
        String address = service.clusterIps().stream()
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElseThrow()
                .toString();
        return Dial.to(address, PORT).within(BRIEF);
    }

    private List<LabPod> pods(String... names) {
        return Stream.of(names).map(lab::pod).toList();
    }

    /// The manifest of nodes and pods.
    static String nodesAndPods(Lab lab) {
        StringBuilder yaml = new StringBuilder();
        for (LabNode node : lab.nodes()) {
            yaml.append(LabObjects.node(node)).append("---\n");
        }
        for (LabPod pod : lab.pods()) {
            boolean optedOut = pod.name().startsWith("plain");
            Map<String, String> annotations = optedOut ? Map.of("culvert.io/socket-lb", "off") : Map.of();
            yaml.append(LabObjects.pod(pod, annotations)).append("---\n");
        }
        return yaml.toString();
    }

    @Override
    public void close() {
        lab.close();
    }
}
