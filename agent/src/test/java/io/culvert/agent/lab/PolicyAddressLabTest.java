// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.Outcome.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which of several addresses a policy for egress must name: those of machines outside, of load balancers, of API
/// servers, of Services. Clients are on a routed and on a bridged node; sockets of some are translated, packets of
/// others. Nodes masquerade what pods send to the outside, as most CNIs do.
@LabTest
@SuppressWarnings("NullAway.Init") // set before all tests
class PolicyAddressLabTest {

    private static final int PORT = ServiceLab.PORT;
    private static final int API_SERVER = 6443;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMillis(300);
    private static final String WEBS =
            "{podSelector: {matchExpressions: [{key: app, operator: In, values: [web1, web2]}]}}";

    private static OutsideLab outside;

    @BeforeAll
    static void create() {
        outside = new OutsideLab();
        try {
            outside.near().sockets().serve(PORT);
            outside.far().sockets().serve(PORT);
            outside.n1().sockets().serve(API_SERVER);
            for (LabNode node : outside.services().lab().nodes()) {
                node.script(
                        "nft add table inet cni",
                        "nft 'add chain inet cni postrouting { type nat hook postrouting priority 100; }'",
                        "nft add rule inet cni postrouting ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 masquerade",
                        "nft add rule inet cni postrouting ip6 saddr fd44::/32 ip6 daddr != fd44::/32 masquerade");
            }
        } catch (RuntimeException | AssertionError e) {
            outside.close();
            throw e;
        }
    }

    @AfterAll
    static void remove() {
        outside.close();
    }

    @BeforeEach
    void withoutPolicies() {
        policies("# none\n");
        awaitAnswers(outside.near()::ip, PORT);
        awaitAnswers(outside.far()::ip, PORT);
    }

    private static void policies(String yaml) {
        outside.services().lab().writeManifest("policies.yaml", yaml);
    }

    /// Clients may send to these peers, and to nobody else.
    private static void letOut(String... peers) {
        letOutTo("", peers);
    }

    /// @param ports as `ports: [...]`; empty: all
    private static void letOutTo(String ports, String... peers) {
        policies("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: out, namespace: default}
                spec:
                  podSelector:
                    matchExpressions: [{key: app, operator: In, values: [client1, client2, plain1, plain2]}]
                  policyTypes: [Egress]
                  egress: [{to: [%s] %s}]
                """.formatted(String.join(", ", peers), ports.isEmpty() ? "" : ", " + ports));
    }

    private static String blocks(Function<IpFamily, IpAddress> addresses) {
        return networks(addresses).stream()
                .map(network -> "{ipBlock: {cidr: " + network + "}}")
                .collect(Collectors.joining(", "));
    }

    private static List<String> networks(Function<IpFamily, IpAddress> addresses) {
        return Stream.of(IpFamily.values())
                .map(family -> "\"" + addresses.apply(family) + "/" + family.bits() + "\"")
                .toList();
    }

    private static List<LabHost> clients() {
        return Stream.concat(outside.services().socketClients().stream(), outside.services().packetClients().stream())
                .toList();
    }

    /// Of all clients, in both families, by TCP and UDP.
    private static List<Outcome> dialAll(Function<IpFamily, IpAddress> addresses, int port) {
        List<Supplier<Outcome>> dials = new ArrayList<>();
        for (LabHost client : clients()) {
            for (IpFamily family : IpFamily.values()) {
                Dial dial = Dial.to(addresses.apply(family), port).within(SILENCE);
                dials.add(() -> client.sockets().tcp(dial));
                dials.add(() -> client.sockets().udp(dial));
            }
        }
        return AtOnce.with(dials, Supplier::get);
    }

    private static void awaitAnswers(Function<IpFamily, IpAddress> addresses, int port) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(dialAll(addresses, port)).allMatch(Answer.class::isInstance));
    }

    /// And it stays silent.
    private static void awaitSilence(Function<IpFamily, IpAddress> addresses, int port) {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).untilAsserted(() -> assertSilence(addresses, port));
        assertSilence(addresses, port);
    }

    private static void assertSilence(Function<IpFamily, IpAddress> addresses, int port) {
        assertThat(dialAll(addresses, port))
                .allMatch(outcome -> outcome instanceof Outcome.Failure failure
                        && failure.errno().equals("TIMEOUT"));
    }

    private static Function<IpFamily, IpAddress> clusterIp(LabService service) {
        return family -> service.clusterIps().stream()
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void C2_08_whatIsMasqueradedOnItsWayOutIsJudgedByWhereItGoes() {
        letOut(blocks(outside.near()::ip));
        awaitSilence(outside.far()::ip, PORT);
        awaitAnswers(outside.near()::ip, PORT);
        for (LabPod client : outside.services().socketClients()) {
            for (IpFamily family : IpFamily.values()) {
                Answer answer =
                        client.sockets().tcp(outside.near().ip(family), PORT).answer();
                assertThat(answer.server()).isEqualTo("near");
                assertThat(answer.seen().address()).isEqualTo(client.node().ip(family));
            }
        }

        letOut(blocks(outside.n1()::ip), blocks(outside.n2()::ip));
        awaitSilence(outside.near()::ip, PORT);
    }

    /// The load balancer is the machine outside, which answers itself.
    @Test
    void C2_10_aLoadBalancerThatIsAProxyIsWhatABlockNames() {
        Function<IpFamily, IpAddress> balancer = outside.near()::ip;
        LabExposure exposure = LabExposure.loadBalancer(
                0,
                outside.near().ip(IpFamily.IPV4).toString(),
                outside.near().ip(IpFamily.IPV6).toString());
        LabService service = outside.spread("balanced", 61);
        outside.publish(service.exposed(exposure.ipMode("Proxy")));

        letOut(WEBS);
        awaitSilence(balancer, PORT);
        awaitAnswers(clusterIp(service), PORT);

        letOut(blocks(balancer));
        awaitSilence(clusterIp(service), PORT);
        awaitAnswers(balancer, PORT);
        assertThat(dialAll(balancer, PORT))
                .allSatisfy(outcome -> assertThat(outcome.answer().server()).isEqualTo("near"));

        // The same address as one of Services: what it stands for is judged.
        outside.publish(service.exposed(exposure));
        awaitSilence(balancer, PORT);
        letOut(WEBS);
        awaitAnswers(balancer, PORT);
        outside.services().delete(service);
    }

    /// API servers run in the network of nodes.
    @Test
    void C2_11_ofTheServiceKubernetesTheServersAndTheirPortMustBeAllowed() {
        LabService kubernetes = LabService.named("kubernetes", "10.96.0.1", "fd96::1");
        Function<IpFamily, IpAddress> server = outside.n1()::ip;
        for (IpFamily family : IpFamily.values()) {
            outside.services()
                    .lab()
                    .writeManifest(
                            "kubernetes-" + family + ".yaml",
                            kubernetes(clusterIp(kubernetes).apply(family), server.apply(family)));
        }
        awaitAnswers(clusterIp(kubernetes), 443);

        letOut(blocks(clusterIp(kubernetes)));
        awaitSilence(clusterIp(kubernetes), 443);

        String port = "ports: [{protocol: TCP, port: %1$d}, {protocol: UDP, port: %1$d}]";
        letOutTo(port.formatted(API_SERVER), blocks(server));
        awaitAnswers(clusterIp(kubernetes), 443);

        letOutTo(port.formatted(443), blocks(server), blocks(clusterIp(kubernetes)));
        awaitSilence(clusterIp(kubernetes), 443);
        for (IpFamily family : IpFamily.values()) {
            outside.services().lab().deleteManifest("kubernetes-" + family + ".yaml");
        }
    }

    /// UDP beside TCP, so that both are tried.
    private static String kubernetes(IpAddress clusterIp, IpAddress server) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: kubernetes-%4$s, namespace: default}
                spec:
                  clusterIP: "%1$s"
                  clusterIPs: ["%1$s"]
                  ipFamilies: [%3$s]
                  ports:
                  - {name: https, port: 443, targetPort: 6443, protocol: TCP}
                  - {name: quic, port: 443, targetPort: 6443, protocol: UDP}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: kubernetes-%4$s
                  namespace: default
                  labels: {kubernetes.io/service-name: kubernetes-%4$s}
                addressType: %3$s
                ports:
                - {name: https, port: 6443, protocol: TCP}
                - {name: quic, port: 6443, protocol: UDP}
                endpoints: [{addresses: ["%2$s"], conditions: {ready: true}}]
                """.formatted(
                        clusterIp,
                        server,
                        clusterIp.family().apiName(),
                        clusterIp.family().apiName().toLowerCase(Locale.ROOT));
    }

    @Test
    void D2_16_networksAreWhereAServiceLeadsAndNotItsOwnAddress() {
        LabService service = ServiceLab.service("web", 62).backedBy(outside.pod("web2"));
        outside.publish(service);
        Function<IpFamily, IpAddress> far = outside.far()::ip;
        List<String> clusterIps = networks(clusterIp(service));
        List<String> backends = networks(outside.pod("web2")::ip);
        List<String> all = List.of("0.0.0.0/0", "\"::/0\"");

        clusterPolicy(rule("Deny", clusterIps), rule("Deny", networks(far)));
        awaitSilence(far, PORT);
        awaitAnswers(clusterIp(service), PORT);

        clusterPolicy(rule("Deny", backends));
        awaitSilence(clusterIp(service), PORT);
        awaitAnswers(far, PORT);

        clusterPolicy(rule("Accept", backends), rule("Deny", all));
        awaitSilence(far, PORT);
        awaitAnswers(clusterIp(service), PORT);

        clusterPolicy(rule("Accept", clusterIps), rule("Deny", all));
        awaitSilence(clusterIp(service), PORT);
        outside.services().delete(service);
    }

    private static String rule(String action, List<String> networks) {
        return "{action: " + action + ", to: [{networks: [" + String.join(", ", networks) + "]}]}";
    }

    private static void clusterPolicy(String... rules) {
        policies("""
                apiVersion: policy.networking.k8s.io/v1alpha2
                kind: ClusterNetworkPolicy
                metadata: {name: networks}
                spec:
                  tier: Admin
                  priority: 1
                  subject: {namespaces: {}}
                  egress: [%s]
                """.formatted(String.join(", ", rules)));
    }
}
