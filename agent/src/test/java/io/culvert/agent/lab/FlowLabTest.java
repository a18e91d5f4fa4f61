// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import io.culvert.net.IpFamily;
import io.culvert.observability.api.flow.AgentEvent;
import io.culvert.observability.api.flow.AgentEventType;
import io.culvert.observability.api.flow.Endpoint;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.FlowType;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.api.observer.ServerStatusResponse;
import io.culvert.observability.api.peer.NotifyRequest;
import io.culvert.observability.api.peer.PeerGrpc;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What observers are shown of real connections, by a real agent.
@LabTest
class FlowLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PORT = 80;
    private static final int TARGET_PORT = 8080;

    private static Lab lab;
    private static LabAgent agent;
    private static HubbleClient hubble;

    @BeforeAll
    static void create() {
        Lab made = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "plain", "web", "db")
                .create();
        lab = made;
        LabNode node = made.node("n1");
        made.writeManifest(
                "objects.yaml",
                String.join(
                        "---\n",
                        LabObjects.node(node),
                        LabObjects.pod(made.pod("client"), Map.of()),
                        LabObjects.pod(made.pod("plain"), Map.of("culvert.io/socket-lb", "off")),
                        LabObjects.pod(made.pod("web"), Map.of()),
                        LabObjects.pod(made.pod("db"), Map.of())));
        made.writeManifest("web.yaml", service("web", 10).toYaml());
        made.writeManifest("db.yaml", service("db", 11).toYaml());
        made.writeManifest("policy.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: nobody, namespace: default}
                spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}
                """);
        List.of("web", "db").forEach(pod -> made.pod(pod).sockets().serve(TARGET_PORT));
        agent = new LabAgent(node)
                .launch("--conntrack-udp", "1s", "--conntrack-udp-stream", "1s", "--flow-aggregation", "low")
                .awaitReady();
        await().atMost(PATIENCE).until(() -> Files.exists(node.runDir().resolve("hubble.sock")));
        hubble = HubbleClient.open(node.runDir().resolve("hubble.sock"));
    }

    private static LabService service(String name, int number) {
        return LabService.named(name, "10.96.0." + number, "fd96::" + number)
                .port(PORT, TARGET_PORT)
                .backedBy(lab.pod(name));
    }

    private static String serviceAddress(IpFamily family, int number) {
        return family == IpFamily.IPV4 ? "10.96.0." + number : "fd96::" + number;
    }

    @AfterAll
    static void remove() {
        if (hubble != null) {
            hubble.close();
        }
        lab.close();
    }

    private static Flow awaitFlow(Predicate<Flow> wanted) {
        return Objects.requireNonNull(await().atMost(PATIENCE)
                .until(() -> hubble.flows().stream().filter(wanted).findFirst().orElse(null), Objects::nonNull));
    }

    private static String name(Endpoint endpoint) {
        return endpoint.getNamespace() + "/" + endpoint.getPodName();
    }

    private static boolean isOf(Flow flow, IpFamily family) {
        return flow.getIP().getIpVersionValue() == (family == IpFamily.IPV4 ? 1 : 2);
    }

    @ParameterizedTest
    @EnumSource
    void aSocketThatIsGivenABackendNamesItsPodAndTheService(IpFamily family) {
        assertThat(connect(lab.pod("client"), family, 10)).isEqualTo("web");

        Flow socket = awaitFlow(flow -> flow.getType() == FlowType.SOCK
                && isOf(flow, family)
                && flow.getDestinationService().getName().equals("web")
                && flow.getSource().getPodName().equals("client"));

        assertThat(socket.getVerdict()).isEqualTo(Verdict.TRANSLATED);
        assertThat(name(socket.getDestination())).isEqualTo("default/web");
        assertThat(socket.getDestinationService().getName()).isEqualTo("web");
        assertThat(socket.getSocketCookie()).isPositive();
        assertThat(socket.getIP().getSource())
                .isEqualTo(lab.pod("client").ip(family).toString());
        Flow syn = awaitFlow(flow -> flow.getL4().getTCP().getFlags().getSYN()
                && !flow.getIsReply().getValue()
                && isOf(flow, family)
                && flow.getSource().getPodName().equals("client")
                && flow.getDestination().getPodName().equals("web"));
        assertThat(syn.getDestinationService().getName()).isEqualTo("web");
        assertThat(syn.getIP().getDestination()).isEqualTo(serviceAddress(family, 10));
        assertThat(syn.getL4().getTCP().getDestinationPort()).isEqualTo(PORT);
        assertThat(syn.getInterface().getName()).isEqualTo(lab.pod("client").hostInterface());
        assertThat(syn.getNodeName()).isEqualTo("default/n1");
        assertThat(syn.getSource().getLabelsList()).contains("k8s:io.kubernetes.pod.namespace=default");
    }

    private static String connect(LabHost from, IpFamily family, int service) {
        return from.sockets()
                .tcp(serviceAddress(family, service), PORT)
                .answer()
                .server();
    }

    /// Of what is translated packet by packet also the end is known, and how much it carried.
    @ParameterizedTest
    @EnumSource
    void aTranslatedConnectionIsToldUntilItsEnd(IpFamily family) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(agent.verb("status")).containsPattern("Opted-out pods: +1"));
        assertThat(connect(lab.pod("plain"), family, 10)).isEqualTo("web");

        Flow close = awaitFlow(flow -> flow.getSummary().contains("closed after") && isOf(flow, family));

        assertThat(close.getDestinationService().getName()
                        + close.getSourceService().getName())
                .isEqualTo("web");
        assertThat(List.of(name(close.getSource()), name(close.getDestination())))
                .containsExactlyInAnyOrder("default/plain", "default/web");
        assertThat(close.getSummary()).containsPattern("[1-9]\\d* bytes in [1-9]\\d* packets out");
        Flow reply = awaitFlow(flow -> flow.getIsReply().getValue()
                && flow.getL4().getTCP().getFlags().getSYN()
                && isOf(flow, family)
                && flow.getDestination().getPodName().equals("plain"));
        assertThat(reply.getSourceService().getName()).isEqualTo("web");
        assertThat(reply.getIP().getSourceXlated()).isEqualTo(serviceAddress(family, 10));
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfAConnectionTellsWhatItCarried(IpFamily family) {
        connect(lab.pod("client"), family, 10);
        connect(lab.pod("plain"), family, 10);

        for (String pod : List.of("client", "plain")) {
            Flow end = awaitFlow(flow -> flow.getSummary().contains("closed after")
                    && isOf(flow, family)
                    && flow.getL4().hasTCP()
                    && (flow.getSource().getPodName().equals(pod)
                            || flow.getDestination().getPodName().equals(pod)));
            assertThat(end.getVerdict()).isEqualTo(Verdict.FORWARDED);
            assertThat(List.of(
                            end.getSourceService().getName(),
                            end.getDestinationService().getName()))
                    .as(pod)
                    .contains("web");
        }
    }

    @ParameterizedTest
    @EnumSource
    void datagramsEndWhenNoMoreCome(IpFamily family) {
        lab.pod("plain").sockets().udp(serviceAddress(family, 10), PORT).answer();

        Flow end = awaitFlow(flow -> flow.getSummary().contains("closed after")
                && isOf(flow, family)
                && flow.getL4().hasUDP());

        assertThat(name(end.getSource())).isEqualTo("default/plain");
        assertThat(name(end.getDestination())).isEqualTo("default/web");
        assertThat(end.getDestinationService().getName()).isEqualTo("web");
        assertThat(end.getSummary()).contains(" in 1 packets out, ", " in 1 packets back");
    }

    @ParameterizedTest
    @EnumSource
    void aDeniedConnectionIsDroppedAndNamed(IpFamily family) {
        Dial dial = Dial.to(serviceAddress(family, 11), PORT).within(Duration.ofMillis(300));
        assertThat(lab.pod("client").sockets().tcp(dial).failure()).isNotNull();

        Flow denied = awaitFlow(flow -> flow.getVerdict() == Verdict.DROPPED
                && isOf(flow, family)
                && flow.getDestination().getPodName().equals("db"));

        assertThat(name(denied.getSource())).isEqualTo("default/client");
        assertThat(denied.getEventType().getType()).isEqualTo(5);
        assertThat(denied.getDropReasonDescValue()).isEqualTo(133);
        assertThat(denied.getDestination().getIdentity()).isGreaterThanOrEqualTo(256);
        assertThat(denied.getTrafficDirectionValue()).isEqualTo(1);
        assertThat(agent.verb("identity", "list"))
                .contains(String.valueOf(denied.getDestination().getIdentity()));
    }

    @Test
    void theSocketIsOfItsOwnerAndGroup() throws java.io.IOException {
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(lab.node("n1").runDir().resolve("hubble.sock"))))
                .isEqualTo("rw-rw----");
    }

    @Test
    void theAgentTellsOfItselfAndOfItsNode() {
        Iterator<GetAgentEventsResponse> events =
                hubble.observer().getAgentEvents(GetAgentEventsRequest.getDefaultInstance());
        assertThat(events.next().getAgentEvent().getType()).isEqualTo(AgentEventType.AGENT_STARTED);

        lab.writeManifest("other.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: other, namespace: default}
                spec: {podSelector: {matchLabels: {app: nobody}}, policyTypes: [Ingress]}
                """);
        Iterator<GetAgentEventsResponse> news = hubble.observer()
                .getAgentEvents(GetAgentEventsRequest.newBuilder()
                        .setFollow(true)
                        .setSince(Timestamp.getDefaultInstance())
                        .build());
        assertThat(next(news, AgentEventType.POLICY_UPDATED).getPolicyUpdate().getLabelsList())
                .contains("k8s:io.cilium.k8s.policy.name=other");
        lab.writeManifest("late.yaml", """
                apiVersion: v1
                kind: Pod
                metadata: {name: late, namespace: default, uid: late-1, labels: {app: late}}
                spec: {nodeName: n1, containers: [{name: main, image: example.org/main}]}
                status: {phase: Running, podIPs: [{ip: 10.244.1.200}]}
                """);
        assertThat(next(news, AgentEventType.IPCACHE_UPSERTED)
                        .getIpcacheUpdate()
                        .getCidr())
                .isEqualTo("10.244.1.200/32");
        assertThat(next(news, AgentEventType.ENDPOINT_CREATED)
                        .getEndpointUpdate()
                        .getPodName())
                .isEqualTo("late");
        lab.deleteManifest("late.yaml");
        assertThat(next(news, AgentEventType.IPCACHE_DELETED).getIpcacheUpdate().getCidr())
                .isEqualTo("10.244.1.200/32");
        assertThat(next(news, AgentEventType.ENDPOINT_DELETED)
                        .getEndpointUpdate()
                        .getPodName())
                .isEqualTo("late");
        lab.deleteManifest("other.yaml");
        assertThat(next(news, AgentEventType.POLICY_DELETED).getPolicyUpdate().getLabelsList())
                .contains("k8s:io.cilium.k8s.policy.name=other");
        assertThat(PeerGrpc.newBlockingStub(hubble.channel())
                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                        .notify(NotifyRequest.getDefaultInstance())
                        .next()
                        .getName())
                .isEqualTo("n1");
        assertThat(agent.verb("status"))
                .containsPattern("Flows: +aggregation low, [1-9]\\d* kept of at most 1000000")
                .containsPattern(" observers, which missed 0\\b");
    }

    private static AgentEvent next(Iterator<GetAgentEventsResponse> events, AgentEventType type) {
        AgentEvent event = events.next().getAgentEvent();
        while (event.getType() != type) {
            event = events.next().getAgentEvent();
        }
        return event;
    }

    @Test
    void theStatusCounts() {
        assertThat(connect(lab.pod("client"), IpFamily.IPV4, 10)).isEqualTo("web");
        awaitFlow(flow -> flow.getDestination().getPodName().equals("web"));

        ServerStatusResponse status = hubble.status();

        assertThat(status.getMaxFlows()).isEqualTo(1_000_000);
        assertThat(status.getSeenFlows()).isPositive().isEqualTo(status.getNumFlows());
        assertThat(status.getFlowsRate()).isPositive();
    }
}
