// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.net.IpFamily;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.IPVersion;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an observer that was there first is shown of connections as they come, with the settings that an agent has by
/// itself.
@LabTest
class FollowLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// One whose sockets are translated, and one whose packets are.
    private static final List<String> CLIENTS = List.of("client", "plain");

    /// An event of a policy's verdict, as Hubble counts.
    private static final int POLICY_VERDICT = 5;

    private static final String POLICIES = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: default}
            spec:
              podSelector: {matchLabels: {app: web}}
              policyTypes: [Ingress]
              ingress:
                - ports: [{protocol: TCP, port: 8080}, {protocol: UDP, port: 8080}]
            ---
            """ + ObservedLab.DENIED;

    private static Lab lab;
    private static HubbleClient hubble;
    private static List<Flow> flows;

    @BeforeAll
    static void create() {
        lab = ObservedLab.create(POLICIES);
        LabNode node = lab.node("n1");
        LabAgent agent = new LabAgent(node).launch().awaitReady();
        await().atMost(PATIENCE).until(() -> Files.exists(node.runDir().resolve("hubble.sock")));
        hubble = HubbleClient.open(node.runDir().resolve("hubble.sock"));
        flows = hubble.follow();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status"))
                        .containsPattern("Flows: +aggregation medium, .* 1 observers")
                        .containsPattern("Opted-out pods: +1"));
    }

    @AfterAll
    static void remove() {
        if (hubble != null) {
            hubble.close();
        }
        lab.close();
    }

    private static Dial service(IpFamily family, int number) {
        return Dial.to(ObservedLab.address(family, number), ObservedLab.PORT).within(Duration.ofMillis(500));
    }

    private static void connect(String pod, IpFamily family) {
        assertThat(lab.pod(pod)
                        .sockets()
                        .tcp(service(family, ObservedLab.WEB))
                        .answer()
                        .server())
                .isEqualTo("web");
    }

    /// The flow of that family that comes, or came.
    private static Flow awaitFlow(IpFamily family, Predicate<Flow> wanted) {
        IPVersion version = family == IpFamily.IPV4 ? IPVersion.IPv4 : IPVersion.IPv6;
        return Objects.requireNonNull(await().atMost(PATIENCE)
                .until(
                        () -> flows.stream()
                                .filter(flow -> flow.getIP().getIpVersion() == version)
                                .filter(wanted)
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull));
    }

    private static void assertEnds(Flow flow, String source, String destination) {
        assertThat(flow.getSource().getNamespace()).isEqualTo("default");
        assertThat(flow.getSource().getPodName()).isEqualTo(source);
        assertThat(flow.getDestination().getNamespace()).isEqualTo("default");
        assertThat(flow.getDestination().getPodName()).isEqualTo(destination);
        assertThat(flow.getDestinationService().getNamespace()).isEqualTo("default");
        assertThat(flow.getDestinationService().getName()).isEqualTo(destination);
    }

    /// Of a pod whose sockets are translated the policy is asked where the packet has lost what was dialled.
    @ParameterizedTest
    @EnumSource
    void anAllowedConnection(IpFamily family) {
        for (String pod : CLIENTS) {
            connect(pod, family);

            Flow allowed = awaitFlow(
                    family,
                    flow -> flow.getEventType().getType() == POLICY_VERDICT
                            && flow.getVerdict() == Verdict.FORWARDED
                            && flow.getSource().getPodName().equals(pod));

            assertEnds(allowed, pod, "web");
            assertThat(allowed.getIngressAllowedByList())
                    .singleElement()
                    .satisfies(policy -> assertThat(policy.getName()).isEqualTo("web"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFirstPacketOfATranslatedSocket(IpFamily family) {
        connect("client", family);

        Flow syn = awaitFlow(
                family,
                flow -> flow.getL4().getTCP().getFlags().getSYN()
                        && !flow.getIsReply().getValue()
                        && flow.getVerdict() == Verdict.FORWARDED
                        && flow.getSource().getPodName().equals("client")
                        && flow.getEventType().getType() != POLICY_VERDICT);

        assertEnds(syn, "client", "web");
    }

    @ParameterizedTest
    @EnumSource
    void aDeniedConnection(IpFamily family) {
        for (String pod : CLIENTS) {
            assertThat(lab.pod(pod)
                            .sockets()
                            .tcp(service(family, ObservedLab.DB))
                            .failure())
                    .isNotNull();

            Flow denied = awaitFlow(
                    family,
                    flow -> flow.getVerdict() == Verdict.DROPPED
                            && flow.getSource().getPodName().equals(pod));

            assertEnds(denied, pod, "db");
            assertThat(denied.getEventType().getType()).isEqualTo(POLICY_VERDICT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTranslatedSocket(IpFamily family) {
        assertThat(lab.pod("client")
                        .sockets()
                        .udp(service(family, ObservedLab.WEB))
                        .answer()
                        .server())
                .isEqualTo("web");

        Flow translated = awaitFlow(family, flow -> flow.getVerdict() == Verdict.TRANSLATED);

        assertEnds(translated, "client", "web");
        assertThat(translated.getL4().hasUDP()).isTrue();
    }

    /// Its end is told of as of the packet that was the last, which may be the backend's.
    @ParameterizedTest
    @EnumSource
    void aClosedConnection(IpFamily family) {
        for (String pod : CLIENTS) {
            connect(pod, family);

            Flow end = awaitFlow(
                    family,
                    flow -> flow.getSummary().contains("closed after")
                            && flow.getL4().hasTCP()
                            && (flow.getSource().getPodName().equals(pod)
                                    || flow.getDestination().getPodName().equals(pod)));

            assertThat(List.of(
                            end.getSource().getPodName(), end.getDestination().getPodName()))
                    .containsExactlyInAnyOrder(pod, "web");
            assertThat(
                            end.getDestination().getPodName().equals("web")
                                    ? end.getDestinationService()
                                    : end.getSourceService())
                    .satisfies(service -> assertThat(service.getNamespace() + "/" + service.getName())
                            .isEqualTo("default/web"));
        }
    }
}
