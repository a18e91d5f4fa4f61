// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Capture;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.packet.PacketView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pods that send with their first instruction, many of them, several at a time as a kubelet starts them.
@LabTest
class FirstPacketLabTest {

    private static final int HELD = 200;
    private static final int EVERY = 10;
    private static final int UNASKED = 20;
    private static final int AT_ONCE = 4;
    private static final int PORT = 80;

    private static final String POLICIES = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: held}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: open}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: nothing-leaves, namespace: held}
            spec: {podSelector: {}, policyTypes: [Egress]}
            """;

    /// Connects and sends by both families, and is gone; what goes on trying to connect is ended with the lab.
    private static final String INIT = """
            for to in $*; do
                echo first > /dev/udp/$to/80
                (echo first > /dev/tcp/$to/80) &
            done
            """;

    @TempDir
    private Path directory;

    private final List<PacketView> arrived = new ArrayList<>();

    /// A pod as it is when the runtime asks: the kubelet writes its address after that.
    private static String object(LabPod pod, String namespace) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: %s, uid: "%s"}
                spec: {nodeName: %s, containers: [{name: main, image: example.org/main}]}
                status: {phase: Pending}
                """.formatted(pod.name(), namespace, pod.uid(), pod.node().name());
    }

    /// Nothing that pods of a namespace without egress send arrives anywhere, be it the SYN of an init container. Every
    /// tenth pod is of another namespace, and all that it sends arrives. How many send too soon where
    /// nobody asks is printed.
    @Test
    void C8_05_C5_01_noPodSendsBeforeItsPoliciesAreInForce() throws Exception {
        try (Lab lab = Lab.builder()
                        .node("n1", PodAttachment.ROUTED, "server")
                        .node("n2", PodAttachment.BRIDGED)
                        .create();
                ExecutorService kubelet = Executors.newFixedThreadPool(AT_ONCE)) {
            LabPod server = lab.pod("server");
            server.sockets().serve(PORT);
            Capture capture = server.sockets().capture();
            for (LabNode node : lab.nodes()) {
                lab.writeManifest(node.name() + ".yaml", LabObjects.node(node));
            }
            lab.writeManifest("server.yaml", LabObjects.pod(server, Map.of()));
            lab.writeManifest("policies.yaml", POLICIES);
            List<LabAgent> agents = lab.nodes().stream().map(LabAgent::new).toList();
            agents.forEach(agent -> agent.launch("--pod-start", "strict-cni", "--cni-bin-dir", directory.toString()));
            agents.forEach(LabAgent::awaitReady);

            List<Future<LabPod>> starts = new ArrayList<>();
            for (int i = 0; i < HELD + HELD / EVERY; i++) {
                LabNode node = lab.nodes().get(i % 2);
                String name = (i % (EVERY + 1) == 0 ? "open" : "held") + i;
                starts.add(kubelet.submit(() -> start(node, name, server)));
            }
            Set<IpAddress> held = new HashSet<>();
            Set<IpAddress> open = new HashSet<>();
            for (Future<LabPod> start : starts) {
                LabPod pod = start.get();
                Set<IpAddress> of = pod.name().startsWith("held") ? held : open;
                Stream.of(IpFamily.values()).map(pod::ip).forEach(of::add);
            }

            Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                capture.frames().stream().map(PacketView::of).forEach(arrived::add);
                for (int protocol : new int[] {6, 17}) {
                    assertThat(arrived.stream()
                                    .filter(packet -> packet.protocol() == protocol)
                                    .map(PacketView::source))
                            .as("protocol %d", protocol)
                            .containsAll(open);
                }
            });
            assertThat(held).hasSize(2 * HELD);
            Set<IpAddress> unasked = new HashSet<>();
            for (int i = 0; i < UNASKED; i++) {
                unasked.add(startUnasked(lab.node("n1"), "unasked" + i, server).ip(IpFamily.IPV4));
            }
            capture.frames().stream().map(PacketView::of).forEach(arrived::add);
            unasked.retainAll(sources());
            System.out.printf(
                    "of %d pods whose runtime did not ask, %d sent before their policies were in force%n",
                    UNASKED, unasked.size());
            assertThat(sources()).doesNotContainAnyElementsOf(held);
        }
    }

    private Set<IpAddress> sources() {
        return arrived.stream().map(PacketView::source).collect(Collectors.toSet());
    }

    /// What the kubelet does: the network, the plugins, and the first container.
    private static LabPod start(LabNode node, String name, LabPod server) {
        LabPod pod = node.addPod(name);
        String namespace = name.substring(0, 4);
        node.writeManifest(name + ".yaml", object(pod, namespace));
        List<IpAddress> addresses =
                Arrays.stream(IpFamily.values()).map(pod::ip).toList();
        new PodRuntime(node)
                .add(new PodRuntime.Sandbox(name, namespace, name, pod.uid(), pod.hostInterface(), addresses));
        init(pod, server);
        return pod;
    }

    private static LabPod startUnasked(LabNode node, String name, LabPod server) {
        LabPod pod = node.addPod(name);
        node.writeManifest(
                name + ".yaml", LabObjects.pod(pod, Map.of()).replace("namespace: default", "namespace: held"));
        init(pod, server);
        return pod;
    }

    private static void init(LabPod pod, LabPod server) {
        List<String> command = new ArrayList<>(List.of("bash", "-c", INIT, "init"));
        Stream.of(IpFamily.values()).map(server::ip).map(IpAddress::toString).forEach(command::add);
        String _ = pod.exec(command.toArray(String[]::new)).orThrow();
    }
}
