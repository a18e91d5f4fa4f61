// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.PodDatagrams.send;
import static io.culvert.agent.lab.PodDatagrams.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pod web lets pod client in and nobody else, and pod db nobody but web, while the network of web is taken away under
/// them and made anew.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
class PodRewiringLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int TIMES = 10;
    private static final int PORT = 8080;

    /// Where everybody may send: what arrives there says that all that was sent before has arrived, or never will.
    private static final int MARKER = 9;

    private static final String POLICIES = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: default}
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: client}}}]
              - ports: [{protocol: UDP, port: 9}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: db, namespace: default}
            spec:
              podSelector: {matchLabels: {app: db}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: web}}}]
              - ports: [{protocol: UDP, port: 9}]
            """;

    /// An object that is known when all others of its file are.
    private static final String WITNESS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: witness, namespace: default, uid: witness}
            spec: {nodeName: n2, containers: [{name: main, image: example.org/main}]}
            status: {phase: Running, podIPs: [{ip: 10.244.1.250}]}
            """;

    @TempDir
    private Path directory;

    private Lab lab;
    private LabNode node;
    private PodRuntime runtime;
    private LabPod web;
    private LabAgent agent;

    @BeforeEach
    void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "stranger", "db", "web")
                .create();
        node = lab.node("n1");
        web = lab.pod("web");
        runtime = new PodRuntime(node);
        lab.writeManifest("node.yaml", LabObjects.node(node));
        for (LabPod pod : lab.pods()) {
            lab.writeManifest(pod.name() + ".yaml", LabObjects.pod(pod, Map.of()));
        }
        lab.writeManifest("policies.yaml", POLICIES);
        agent = new LabAgent(node)
                .launch("--pod-start", "strict-cni", "--cni-bin-dir", directory.toString())
                .awaitReady();
        runtime.add(sandbox("c0", web));
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    private PodRuntime.Sandbox sandbox(String container, LabPod place) {
        List<IpAddress> addresses =
                Arrays.stream(IpFamily.values()).map(place::ip).toList();
        return new PodRuntime.Sandbox(container, "default", "web", web.uid(), place.hostInterface(), addresses);
    }

    /// As a CNI that starts again wires its pods anew: another interface of the same name, for the same pod.
    @Test
    void C8_19_anInterfaceThatIsMadeAnewCarriesThePoliciesOfItsPod() {
        assertHeld(web);
        for (int i = 1; i <= TIMES; i++) {
            rewire();

            runtime.add(sandbox("c" + i, web));

            assertHeld(web);
        }
    }

    /// Without a question of the runtime: what was a pod's interface stays one. A link that goes down loses its
    /// routes, by which the pod was known.
    @Test
    void C8_19_anInterfaceThatIsRenamedGoesOnToCarryThePoliciesOfItsPod() {
        HeardPackets heard = new HeardPackets(web);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> strangers = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                send(lab.pod("stranger"), web, PORT, "forbidden");
            }
        });
        for (int i = 1; i <= TIMES; i++) {
            String before = i == 1 ? web.hostInterface() : "moved" + (i - 1);
            node.script(
                    "ip link set " + before + " down",
                    "ip link set " + before + " name moved" + i + " up",
                    connected("moved" + i));
            String text = "allowed " + i;
            await().atMost(PATIENCE).until(() -> {
                send(lab.pod("client"), web, PORT, text);
                return heard.texts().containsAll(texts(text));
            });
        }
        done.set(true);
        strangers.join();
        assertHeld(web);
        assertThat(heard.texts()).noneMatch(text -> text.startsWith("forbidden"));
    }

    /// The Pod object has the addresses of the sandbox before until the kubelet writes the new ones, after the
    /// runtime was answered.
    @Test
    void C8_19_aSandboxThatIsMadeAnewHasThePoliciesOfItsPodAndTheOldAddressHasNothing() {
        assertHeld(web);
        runtime.delete(sandbox("c0", web));
        LabPod again = node.addPod("again");

        runtime.add(sandbox("c1", again));

        assertHeld(again);
        assertOutside(web);
        String object = LabObjects.pod(web, Map.of());
        for (IpFamily family : IpFamily.values()) {
            object = object.replace("\"" + web.ip(family) + "\"", "\"" + again.ip(family) + "\"");
        }
        lab.writeManifest("web.yaml", object + "---\n" + WITNESS);
        await().atMost(PATIENCE).until(() -> agent.verb("ipcache", "list").contains("10.244.1.250"));
        assertHeld(again);
        assertOutside(web);
    }

    /// As fast as can be, so that the agent may be asked before it has noticed.
    private void rewire() {
        String device = web.hostInterface();
        node.script(
                "ip -batch - <<EOF",
                "link del " + device,
                "link add %s type veth peer name eth0 netns %s".formatted(device, web.netns()),
                "link set " + device + " up",
                "EOF",
                "ip -n " + web.netns() + " -batch - <<EOF",
                "addr add " + web.ip(IpFamily.IPV4) + "/32 dev eth0",
                "addr add " + web.ip(IpFamily.IPV6) + "/128 dev eth0 nodad",
                "link set eth0 up",
                "route add 169.254.1.1 dev eth0 scope link",
                "route add default via 169.254.1.1 dev eth0",
                "route add default via fe80::1 dev eth0",
                "EOF",
                connected(device));
    }

    /// Commands for the node's end of web's interface, as the lab first made it.
    private String connected(String device) {
        return String.join(
                "\n",
                "echo 1 > /proc/sys/net/ipv4/conf/" + device + "/proxy_arp",
                "echo 0 > /proc/sys/net/ipv4/neigh/" + device + "/proxy_delay",
                "ip -batch - <<EOF",
                "addr replace fe80::1/64 dev " + device + " nodad",
                "route replace " + web.ip(IpFamily.IPV4) + " dev " + device,
                "route replace " + web.ip(IpFamily.IPV6) + " dev " + device,
                "EOF");
    }

    /// What a stranger sends to web does not arrive, what client sends does, and so does what web sends to db.
    ///
    /// @param place where web is
    private void assertHeld(LabPod place) {
        HeardPackets atWeb = new HeardPackets(place);
        HeardPackets atDb = new HeardPackets(lab.pod("db"));
        send(lab.pod("stranger"), place, PORT, "forbidden");
        send(lab.pod("stranger"), place, MARKER, "marker");
        send(lab.pod("client"), place, PORT, "allowed");
        send(place, lab.pod("db"), PORT, "from web");
        atWeb.awaitAll(texts("marker", "allowed"));
        atDb.awaitAll(texts("from web"));
        assertThat(atWeb.texts()).noneMatch(text -> text.startsWith("forbidden"));
    }

    /// Whoever has an address that was web's does not come to db with it.
    private void assertOutside(LabPod place) {
        HeardPackets heard = new HeardPackets(lab.pod("db"));
        send(place, lab.pod("db"), PORT, "forbidden");
        send(place, lab.pod("db"), MARKER, "marker");
        heard.awaitAll(texts("marker"));
        assertThat(heard.texts()).noneMatch(text -> text.startsWith("forbidden"));
    }
}
