// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import static io.culvert.observability.hubble.Names.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.observability.api.flow.AgentEvent;
import io.culvert.observability.api.flow.AgentEventType;
import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.api.observer.GetDebugEventsRequest;
import io.culvert.observability.api.observer.GetNamespacesRequest;
import io.culvert.observability.api.observer.GetNodesRequest;
import io.culvert.observability.api.observer.Namespace;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.observability.api.peer.ChangeNotification;
import io.culvert.observability.api.peer.NotifyRequest;
import io.culvert.observability.api.peer.PeerGrpc;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.PolicyName;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Everything that clients ask but flows.
class ApiTest {

    @TempDir
    private Path directory;

    private ServedHubble served;

    @BeforeEach
    void serve() throws IOException {
        served = new ServedHubble(directory, 1_000);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void agentEventsAreKeptAndFollowed() {
        Party web = new Party(301, "shop", "web-1", List.of("k8s:app=web"), List.of());
        served.log.started(ServedHubble.BOOT);
        served.log.endpointCreated(web);
        served.log.policyUpdated(new PolicyName("NetworkPolicy", "shop", "only-shops"), 7, 2);

        Iterator<GetAgentEventsResponse> all = events(GetAgentEventsRequest.newBuilder());
        assertThat(all.next().getAgentEvent().getAgentStart().getTime().getSeconds())
                .isEqualTo(ServedHubble.BOOT.getEpochSecond());
        assertThat(all.next().getAgentEvent().getEndpointUpdate().getPodName()).isEqualTo("web-1");
        GetAgentEventsResponse policy = all.next();
        assertThat(policy.getNodeName()).isEqualTo("default/node1");
        assertThat(policy.getAgentEvent().getPolicyUpdate().getRevision()).isEqualTo(7);
        assertThat(policy.getAgentEvent().getPolicyUpdate().getLabelsList())
                .contains("k8s:io.cilium.k8s.policy.name=only-shops");
        assertThat(all.hasNext()).isFalse();
        assertThat(types(GetAgentEventsRequest.newBuilder().setNumber(1)))
                .containsExactly(AgentEventType.POLICY_UPDATED);
        assertThat(types(GetAgentEventsRequest.newBuilder().setNumber(1).setFirst(true)))
                .containsExactly(AgentEventType.AGENT_STARTED);
        Iterator<GetAgentEventsResponse> followed =
                events(GetAgentEventsRequest.newBuilder().setNumber(1).setFollow(true));
        assertThat(followed.next().getAgentEvent().getType()).isEqualTo(AgentEventType.POLICY_UPDATED);
        served.log.addressUpserted("10.1.0.3/32", web);
        GetAgentEventsResponse address = followed.next();
        assertThat(address.getAgentEvent().getIpcacheUpdate().getCidr()).isEqualTo("10.1.0.3/32");
        assertThat(address.getAgentEvent().getIpcacheUpdate().getIdentity()).isEqualTo(301);
    }

    /// It is overtaken by 100,000 while it reads none.
    @Test
    void whoReadsTooSlowlyIsToldHowManyAgentEventsItLost() {
        int count = 100_000;
        served.log.started(ServedHubble.BOOT);
        Iterator<GetAgentEventsResponse> slow =
                events(GetAgentEventsRequest.newBuilder().setNumber(1).setFollow(true));
        assertThat(slow.next().getAgentEvent().hasAgentStart()).isTrue();
        for (int i = 0; i < count; i++) {
            served.log.started(ServedHubble.BOOT.plusSeconds(i));
        }

        long read = 0;
        long lost = 0;
        while (read + lost < count) {
            AgentEvent event = slow.next().getAgentEvent();
            if (event.hasUnknown()) {
                assertThat(event.getUnknown().getType()).isEqualTo("LOST");
                String notification = event.getUnknown().getNotification();
                assertThat(notification).endsWith(" events were overwritten before they could be sent");
                lost += Long.parseLong(notification.substring(0, notification.indexOf(' ')));
            } else {
                read++;
            }
        }

        assertThat(lost).isPositive();
        assertThat(read + lost).isEqualTo(count);
    }

    private Iterator<GetAgentEventsResponse> events(GetAgentEventsRequest.Builder request) {
        return served.observer().getAgentEvents(request.build());
    }

    private List<AgentEventType> types(GetAgentEventsRequest.Builder request) {
        List<AgentEventType> types = new ArrayList<>();
        events(request)
                .forEachRemaining(event -> types.add(event.getAgentEvent().getType()));
        return types;
    }

    @Test
    void theLogIsBounded() {
        for (int i = 0; i <= AgentLog.LIMIT; i++) {
            served.log.started(ServedHubble.BOOT.plusSeconds(i));
        }

        List<AgentLog.Entry> kept = served.log.from(0);

        assertThat(kept).hasSize(AgentLog.LIMIT);
        assertThat(kept.getFirst().number()).isEqualTo(1);
    }

    @Test
    void thereAreNoDebugEvents() {
        assertThat(served.observer()
                        .getDebugEvents(GetDebugEventsRequest.getDefaultInstance())
                        .hasNext())
                .isFalse();
    }

    @Test
    void nodesAreARelaysBusiness() {
        assertThatThrownBy(() -> served.observer().getNodes(GetNodesRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    @Test
    void namespacesAreThoseOfTheLastHour() {
        long now = System.nanoTime();
        served.store.add(new EventDraft(address("10.1.0.3", 1), address("198.51.100.1", 2))
                .time(now - TimeUnit.HOURS.toNanos(2))
                .event());
        served.store.add(new EventDraft(EventDraft.NOBODY, address("198.51.100.1", 2))
                .is(EventKind.DROP, EventVerdict.DROPPED)
                .at(EventHook.SOCKET)
                .detail(1, Names.CLIENT_CGROUP, 0, 0)
                .time(now)
                .event());

        assertThat(namespaces()).containsExactly("default");
        served.store.add(new EventDraft(address("198.51.100.2", 1), address("fd96::10", 80))
                .translated(address("198.51.100.3", 80), Names.SERVICE)
                .time(now)
                .event());
        assertThat(namespaces()).containsExactly("default", "shop");
    }

    private List<String> namespaces() {
        return served.observer().getNamespaces(GetNamespacesRequest.getDefaultInstance()).getNamespacesList().stream()
                .peek(namespace -> assertThat(namespace.getCluster()).isEqualTo("default"))
                .map(Namespace::getNamespace)
                .toList();
    }

    @Test
    void peersAreToldAndFollowed() {
        served.peers.set(Map.of("node1", "192.0.2.1:4244", "node.2", "[2001:db8::2]:4244"));
        Iterator<ChangeNotification> changes = PeerGrpc.newBlockingStub(served.connect())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .notify(NotifyRequest.getDefaultInstance());

        assertThat(text(changes.next()))
                .isEqualTo("PEER_ADDED node.2 [2001:db8::2]:4244 node-2.default.hubble-grpc.cilium.io");
        assertThat(text(changes.next()))
                .isEqualTo("PEER_ADDED node1 192.0.2.1:4244 node1.default.hubble-grpc.cilium.io");
        served.peers.set(Map.of("node1", "192.0.2.9:4244"));
        assertThat(text(changes.next()))
                .isEqualTo("PEER_UPDATED node1 192.0.2.9:4244 node1.default.hubble-grpc.cilium.io");
        assertThat(text(changes.next())).startsWith("PEER_DELETED node.2 ");
    }

    @Test
    void peersOfANamedClusterSaySo() throws IOException {
        PeerBook east = new PeerBook("east", false);
        east.set(Map.of("node1", "192.0.2.1:4244"));

        try (ServedHubble named = new ServedHubble(Files.createDirectory(directory.resolve("east")), east)) {
            Iterator<ChangeNotification> changes = PeerGrpc.newBlockingStub(named.connect())
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .notify(NotifyRequest.getDefaultInstance());

            assertThat(text(changes.next())).isEqualTo("PEER_ADDED east/node1 192.0.2.1:4244 ");
        }
    }

    private static String text(ChangeNotification change) {
        return change.getType() + " " + change.getName() + " " + change.getAddress() + " "
                + change.getTls().getServerName();
    }

    @Test
    void healthIsToldForTheNamesThatClientsAsk() {
        HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(served.connect());

        for (String name : List.of("", "observer.Observer")) {
            assertThat(health.check(HealthCheckRequest.newBuilder()
                                    .setService(name)
                                    .build())
                            .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void theServicesDescribeThemselves() {
        CompletableFuture<List<String>> names = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> request = ServerReflectionGrpc.newStub(served.connect())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        names.complete(response.getListServicesResponse().getServiceList().stream()
                                .map(ServiceResponse::getName)
                                .toList());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        names.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        request.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

        assertThat(names.orTimeout(20, TimeUnit.SECONDS).join())
                .contains("observer.Observer", "peer.Peer", "grpc.health.v1.Health");
        request.onCompleted();
    }

    @Test
    void eachAnswerHasTheVersionOfTheServer() {
        AtomicReference<Metadata> headers = new AtomicReference<>();
        ClientInterceptor capture = MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>());

        var _ = ObserverGrpc.newBlockingStub(served.connect())
                .withInterceptors(capture)
                .serverStatus(ServerStatusRequest.getDefaultInstance());

        assertThat(headers.get().get(VersionHeader.KEY)).isEqualTo("1.0");
    }
}
