// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What pods that are held to policies in both directions meet on their way: a path with a smaller MTU, whose router
/// is the outside, and the DNS cache of their node.
@LabTest
class PolicyPathLabTest {

    private static final int SMALL = 1300;
    private static final int DNS = 53;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMillis(300);
    private static final IpAddress CACHE = IpAddress.of("169.254.20.10");
    private static final IpAddress CACHE6 = IpAddress.of("fd53::a");

    /// Nothing is allowed but TCP 80 from client to web.
    private static final String ONLY_WEB = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: nothing, namespace: default}
            spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: client, namespace: default}
            spec:
              podSelector: {matchLabels: {app: client}}
              policyTypes: [Egress]
              egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{protocol: TCP, port: 80}]}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: default}
            spec:
              podSelector: {matchLabels: {app: web}}
              policyTypes: [Ingress]
              ingress: [{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{protocol: TCP, port: 80}]}]
            """;

    private static Lab lab;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "dns")
                .node("n2", PodAttachment.BRIDGED, "web")
                .create();
        try {
            lab.writeManifest("objects.yaml", LabObjects.all(lab));
            lab.writeManifest("policies.yaml", ONLY_WEB);
            lab.writeManifest(
                    "web.yaml",
                    LabService.named("web", "10.96.0.1", "fd96::1")
                            .port(80, 80)
                            .backedBy(lab.pod("web"))
                            .toYaml());
            lab.pod("web").sockets().serve(80);
            serveDns();
            LabAgent.launchOnAll(lab);
        } catch (RuntimeException | AssertionError e) {
            lab.close();
            throw e;
        }
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    /// Between the nodes is a router that takes no packet larger than 1,300 bytes, in either direction, and says so.
    /// Client and web send far more than that, once where the socket is translated and once where each packet is.
    @ParameterizedTest
    @EnumSource
    void C8_09_C3_03_pathMtuIsDiscoveredThroughAServiceWhereNothingElseIsAllowed(IpFamily family) {
        narrow(family);
        LabPod client = lab.pod("client");
        LabPod web = lab.pod("web");
        String service = family == IpFamily.IPV4 ? "10.96.0.1" : "fd96::1";
        for (LabHost sender : List.of(client, client.outsideOfCgroup())) {
            for (LabPod pod : lab.pods()) {
                pod.script("ip route flush cache", "ip -6 route flush cache");
            }
            assertThat(sender.sockets().udp(Dial.to(web.ip(family), 80).within(SILENCE)))
                    .isInstanceOf(Outcome.Failure.class);
            try (TcpConnection connection = sender.sockets().openTcp(Dial.to(service, 80))) {
                String text = "0123456789abcdef".repeat(20_000);
                assertThat(connection.exchange(text).answer().echo()).isEqualTo(text);
            }
            String dialled = sender == client ? web.ip(family).toString() : service;
            assertThat(client.exec("ip", "route", "get", dialled).orThrow()).contains("mtu " + SMALL);
            assertThat(web.exec("ip", "route", "get", client.ip(family).toString())
                            .orThrow())
                    .contains("mtu " + SMALL);
        }
    }

    /// Leads what the nodes send to each other's pods through the outside.
    private static void narrow(IpFamily family) {
        LabHost outside = lab.outside();
        String gateway = family == IpFamily.IPV4 ? "172.30.0.254" : "fd30::fe";
        outside.script(
                "echo 1 > /proc/sys/net/ipv4/ip_forward",
                "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding",
                "echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects",
                "echo 0 > /proc/sys/net/ipv4/conf/br0/send_redirects");
        for (LabNode node : lab.nodes()) {
            String pods = node.podRange(family);
            outside.script("ip route replace " + pods + " via " + node.ip(family) + " mtu lock " + SMALL);
            lab.nodes().stream()
                    .filter(other -> other != node)
                    .forEach(other -> other.script("ip route replace " + pods + " via " + gateway));
        }
    }

    /// A cache at addresses of the node, and a pod upstream.
    private static void serveDns() {
        LabNode node = lab.node("n1");
        // A bridge without ports, since not every kernel has dummy devices; without a carrier, too, by which addresses
        // of
        // others would be detected.
        node.script(
                "ip link add nodelocaldns type bridge",
                "ip addr add " + CACHE + "/32 dev nodelocaldns",
                "ip addr add " + CACHE6 + "/128 dev nodelocaldns nodad",
                "ip link set nodelocaldns up");
        node.sockets().serve(DNS);
        lab.pod("dns").sockets().serve(DNS);
    }

    /// The cache asks a pod upstream that lets nobody in.
    @ParameterizedTest
    @EnumSource
    void C8_14_C4_05_theDnsCacheOfTheNodeNeedsABlockAndIsNotItsClient(IpFamily family) {
        LabNode node = lab.node("n1");
        LabPod client = lab.pod("client");
        IpAddress upstream = lab.pod("dns").ip(family);
        IpAddress cache = family == IpFamily.IPV4 ? CACHE : CACHE6;
        assertRefused(client, cache);

        lab.writeManifest("dns.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: dns, namespace: default}
                spec:
                  podSelector: {matchLabels: {app: client}}
                  policyTypes: [Egress]
                  egress:
                  - to: [{ipBlock: {cidr: "%s"}}]
                    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
                """.formatted(new IpPrefix(cache, family.bits())));
        await().atMost(PATIENCE).untilAsserted(() -> assertAnswered(client, cache));
        assertRefused(client, upstream);
        assertRefused(client, node.ip(family));
        assertAnswered(node, upstream);

        lab.deleteManifest("dns.yaml");
        await().atMost(PATIENCE).untilAsserted(() -> assertRefused(client, cache));
        assertAnswered(node, upstream);
    }

    private static void assertAnswered(LabHost from, IpAddress server) {
        Dial dial = Dial.to(server, DNS).within(SILENCE);
        assertThat(from.sockets().udp(dial)).isInstanceOf(Outcome.Answer.class);
        assertThat(from.sockets().tcp(dial)).isInstanceOf(Outcome.Answer.class);
    }

    private static void assertRefused(LabHost from, IpAddress server) {
        Dial dial = Dial.to(server, DNS).within(SILENCE);
        assertThat(from.sockets().udp(dial).failure().errno()).isEqualTo("TIMEOUT");
        assertThat(from.sockets().tcp(dial).failure().errno()).isEqualTo("TIMEOUT");
    }
}
