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
import io.culvert.testkit.lab.LabClient;
import io.culvert.testkit.lab.LabExposure;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What no upstream test asks of policies: clients that are no pods, and connections that are open already. Pod web1 is
/// on a routed node, web2 on a bridged one, and each has a client beside it.
@LabTest
class PolicyEdgeLabTest {

    private static final int PORT = 80;
    private static final int NODE_PORT = 30080;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMillis(500);
    private static final String DENY = ingress("deny", "");
    private static final String CLUSTER_DENY = """
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata: {name: deny}
            spec:
              tier: Admin
              priority: 1
              subject: {namespaces: {}}
              ingress: [{action: Deny, from: [{namespaces: {}}]}]
            """;

    private static Lab lab;
    private static LabClient visitor;

    @BeforeAll
    static void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client1", "web1")
                .node("n2", PodAttachment.BRIDGED, "client2", "web2")
                .create();
        try {
            visitor = lab.addClient("visitor");
            lab.writeManifest("objects.yaml", LabObjects.all(lab));
            for (int i = 1; i <= 2; i++) {
                lab.pod("web" + i).sockets().serveTcp(PORT);
                lab.writeManifest("web" + i + ".yaml", service(i).toYaml());
            }
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

    @BeforeEach
    void withoutPolicies() {
        policies("");
        for (IpFamily family : IpFamily.values()) {
            awaitAnswer(lab.pod("client1"), web(1, family), PORT);
            awaitAnswer(lab.pod("client1"), web(2, family), PORT);
        }
    }

    private static LabService service(int number) {
        return LabService.named("web" + number, "10.96.0." + number, "fd96::" + number)
                .port(PORT, PORT)
                .backedBy(lab.pod("web" + number))
                .exposed(LabExposure.nodePort(NODE_PORT + number));
    }

    private static void policies(String yaml) {
        lab.writeManifest("policies.yaml", yaml.isEmpty() ? "# none\n" : yaml);
    }

    /// What enters pods of web.
    ///
    /// @param rules the list `ingress`; empty: nothing enters
    private static String ingress(String name, String rules) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: %s, namespace: default}
                spec:
                  podSelector: {matchExpressions: [{key: app, operator: In, values: [web1, web2]}]}
                  policyTypes: [Ingress]
                  ingress: [%s]
                """.formatted(name, rules);
    }

    private static IpAddress web(int number, IpFamily family) {
        return lab.pod("web" + number).ip(family);
    }

    private static IpAddress clusterIp(int number, IpFamily family) {
        return IpAddress.of(family == IpFamily.IPV4 ? "10.96.0." + number : "fd96::" + number);
    }

    private static Outcome dial(LabHost from, IpAddress address, int port) {
        return from.sockets().tcp(Dial.to(address, port).within(SILENCE));
    }

    private static void awaitAnswer(LabHost from, IpAddress address, int port) {
        await().atMost(PATIENCE).until(() -> dial(from, address, port) instanceof Outcome.Answer);
    }

    private static void awaitSilence(LabHost from, IpAddress address, int port) {
        await().atMost(PATIENCE)
                .until(() -> dial(from, address, port) instanceof Outcome.Failure failure
                        && failure.errno().equals("TIMEOUT"));
    }

    private static void assertAnswers(LabHost from, IpAddress address, int port) {
        assertThat(dial(from, address, port)).isInstanceOf(Outcome.Answer.class);
    }

    private static void assertSilent(LabHost from, IpAddress address, int port) {
        assertThat(dial(from, address, port).failure().errno()).isEqualTo("TIMEOUT");
    }

    @ParameterizedTest
    @EnumSource
    void C8_01_C2_05_clientsOfANodePortAreNotTakenForTheNode(IpFamily family) {
        for (int i = 1; i <= 2; i++) {
            awaitAnswer(visitor, lab.node("n" + i).ip(family), NODE_PORT + i);
        }
        policies(DENY);
        for (int i = 1; i <= 2; i++) {
            LabHost node = lab.node("n" + i);
            awaitSilence(visitor, lab.node("n" + i).ip(family), NODE_PORT + i);
            assertAnswers(node, lab.node("n" + i).ip(family), NODE_PORT + i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void C8_02_C4_01_theNodeProbesPodsThatNothingElseReaches(IpFamily family) {
        policies(DENY);
        awaitOnlyItsNodeReachesEach(family);
    }

    /// First alone, so that it is known to be enforced: it is about pods, and no host is one. Then with a policy that
    /// leaves hosts nothing but the exemption of their own pods.
    @ParameterizedTest
    @EnumSource
    void C8_02_D2_14_theNodeProbesPodsWhateverAClusterNetworkPolicyDenies(IpFamily family) {
        policies(CLUSTER_DENY);
        for (int i = 1; i <= 2; i++) {
            awaitSilence(lab.pod("client" + i), web(i, family), PORT);
            assertAnswers(lab.node("n" + i), web(i, family), PORT);
            assertAnswers(lab.node("n" + (3 - i)), web(i, family), PORT);
        }
        policies(CLUSTER_DENY + "---\n" + DENY);
        awaitOnlyItsNodeReachesEach(family);
    }

    private static void awaitOnlyItsNodeReachesEach(IpFamily family) {
        for (int i = 1; i <= 2; i++) {
            awaitSilence(lab.node("n" + (3 - i)), web(i, family), PORT);
            awaitSilence(lab.pod("client" + i), web(i, family), PORT);
            assertAnswers(lab.node("n" + i), web(i, family), PORT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void C8_12_C4_04_theHostOfAnotherNodeNeedsABlockOfItsAddress(IpFamily family) {
        policies(DENY);
        awaitSilence(lab.node("n2"), web(1, family), PORT);
        awaitSilence(lab.node("n1"), web(2, family), PORT);

        policies(ingress("nodes", "{from: [{ipBlock: {cidr: 172.30.0.0/24}}, {ipBlock: {cidr: \"fd30::/64\"}}]}"));

        awaitAnswer(lab.node("n2"), web(1, family), PORT);
        awaitAnswer(lab.node("n1"), web(2, family), PORT);
        assertSilent(lab.pod("client1"), web(1, family), PORT);
    }

    @Test
    void C8_16_C1_24_aBlockOfOneFamilyAllowsNothingOfTheOther() {
        policies(ingress("v4", "{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}"));
        for (int i = 1; i <= 2; i++) {
            awaitSilence(lab.pod("client1"), web(i, IpFamily.IPV6), PORT);
            assertAnswers(lab.pod("client1"), web(i, IpFamily.IPV4), PORT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void C8_13_C2_01_aBlockWithAClusterIpAllowsNothingAndOneWithTheBackendDoes(IpFamily family) {
        String egress = """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: out, namespace: default}
                spec:
                  podSelector: {matchLabels: {app: client1}}
                  policyTypes: [Egress]
                  egress: [{to: [{ipBlock: {cidr: "%s"}}]}]
                """;
        IpAddress clusterIp = clusterIp(1, family);
        policies(egress.formatted(new IpPrefix(clusterIp, family.bits())));
        awaitSilence(lab.pod("client1"), clusterIp, PORT);

        policies(egress.formatted(new IpPrefix(web(1, family), family.bits())));

        awaitAnswer(lab.pod("client1"), clusterIp, PORT);
        assertSilent(lab.pod("client1"), clusterIp(2, family), PORT);
    }

    @ParameterizedTest
    @EnumSource
    void C8_06_C3_05_C3_06_anOpenConnectionSurvivesWhatAllowsItAndIsCutByWhatDoesNot(IpFamily family) {
        try (TcpConnection routed = open(1, family);
                TcpConnection bridged = open(2, family)) {
            policies(
                    ingress(
                            "from-clients",
                            "{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [client1, client2]}]}}]}"));
            awaitSilence(visitor, lab.node("n1").ip(family), NODE_PORT + 1);
            awaitSilence(visitor, lab.node("n2").ip(family), NODE_PORT + 2);
            assertThat(routed.exchange("on")).isInstanceOf(Outcome.Answer.class);
            assertThat(bridged.exchange("on")).isInstanceOf(Outcome.Answer.class);

            policies(DENY);
            awaitSilence(lab.pod("client1"), web(1, family), PORT);
            awaitSilence(lab.pod("client1"), web(2, family), PORT);
            assertThat(routed.exchange("cut").failure().errno()).isEqualTo("TIMEOUT");
            assertThat(bridged.exchange("cut").failure().errno()).isEqualTo("TIMEOUT");
        }
    }

    /// From client1 to a Service.
    private static TcpConnection open(int number, IpFamily family) {
        TcpConnection connection = lab.pod("client1")
                .sockets()
                .openTcp(Dial.to(clusterIp(number, family), PORT).within(Duration.ofSeconds(2)));
        assertThat(connection.exchange("first")).isInstanceOf(Outcome.Answer.class);
        return connection;
    }
}
