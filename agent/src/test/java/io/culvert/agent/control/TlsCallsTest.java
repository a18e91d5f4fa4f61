// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetDebugEventsRequest;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetNamespacesRequest;
import io.culvert.observability.api.observer.GetNodesRequest;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.observability.api.peer.NotifyRequest;
import io.culvert.observability.api.peer.PeerGrpc;
import io.culvert.testkit.Certificates;
import io.grpc.Channel;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each call of the API over TLS: for clients with a certificate, and for none without.
final class TlsCallsTest {

    private static final int PATIENCE_SECONDS = 20;

    /// What a client asks, and in a word what it is told.
    private record Call(Function<Channel, String> ask, String answer) {}

    private static final Map<String, Call> CALLS = Map.ofEntries(
            Map.entry(
                    "observer.Observer/GetFlows",
                    new Call(
                            channel -> observer(channel)
                                    .getFlows(GetFlowsRequest.newBuilder()
                                            .setNumber(1)
                                            .build())
                                    .next()
                                    .getFlow()
                                    .getIP()
                                    .getDestination(),
                            "192.0.2.7")),
            Map.entry(
                    "observer.Observer/GetAgentEvents",
                    new Call(
                            channel -> observer(channel)
                                    .getAgentEvents(GetAgentEventsRequest.getDefaultInstance())
                                    .next()
                                    .getAgentEvent()
                                    .getType()
                                    .toString(),
                            "AGENT_STARTED")),
            Map.entry(
                    "observer.Observer/GetDebugEvents",
                    new Call(
                            channel -> ""
                                    + observer(channel)
                                            .getDebugEvents(GetDebugEventsRequest.getDefaultInstance())
                                            .hasNext(),
                            "false")),
            Map.entry(
                    "observer.Observer/GetNodes",
                    new Call(
                            channel -> observer(channel)
                                    .getNodes(GetNodesRequest.getDefaultInstance())
                                    .toString(),
                            "UNIMPLEMENTED")),
            Map.entry(
                    "observer.Observer/GetNamespaces",
                    new Call(
                            channel -> ""
                                    + observer(channel)
                                            .getNamespaces(GetNamespacesRequest.getDefaultInstance())
                                            .getNamespacesCount(),
                            "0")),
            Map.entry(
                    "observer.Observer/ServerStatus",
                    new Call(
                            channel -> observer(channel)
                                    .serverStatus(ServerStatusRequest.getDefaultInstance())
                                    .getVersion(),
                            "culvert 1.0")),
            Map.entry(
                    "peer.Peer/Notify",
                    new Call(
                            channel -> within(PeerGrpc.newBlockingStub(channel))
                                    .notify(NotifyRequest.getDefaultInstance())
                                    .next()
                                    .getName(),
                            "node1")),
            Map.entry(
                    "grpc.health.v1.Health/Check",
                    new Call(
                            channel -> health(channel)
                                    .check(HealthCheckRequest.getDefaultInstance())
                                    .getStatus()
                                    .toString(),
                            "SERVING")),
            Map.entry(
                    "grpc.health.v1.Health/Watch",
                    new Call(
                            channel -> health(channel)
                                    .watch(HealthCheckRequest.getDefaultInstance())
                                    .next()
                                    .getStatus()
                                    .toString(),
                            "SERVING")),
            Map.entry(
                    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", new Call(TlsCallsTest::reflect, "4")));

    @TempDir
    private static Path directory;

    private static TlsHubble served;
    private static FlowListener listener;
    private static Certificates others;

    @BeforeAll
    static void serve() {
        served = new TlsHubble(directory);
        others = served.signed("others");
        listener = served.listener(Optional.of(served.paths));
        listener.look();
        served.log.started(Instant.EPOCH);
        served.peers.set(Map.of("node1", "192.0.2.1:4244"));
        served.store.add(flow());
    }

    @AfterAll
    static void stop() throws Exception {
        served.close();
    }

    private static Event flow() {
        IpPort end = new IpPort(IpAddress.of("192.0.2.7"), 80);
        return new Event(
                System.nanoTime(),
                end,
                end,
                end,
                EventKind.TRACE,
                EventVerdict.FORWARDED,
                1,
                0,
                0,
                0,
                0,
                60,
                Set.of(),
                6,
                0,
                EventHook.FROM_POD,
                2,
                0,
                0,
                EventDetail.NONE);
    }

    private static <S extends AbstractStub<S>> S within(S stub) {
        return stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static ObserverGrpc.ObserverBlockingStub observer(Channel channel) {
        return within(ObserverGrpc.newBlockingStub(channel));
    }

    private static HealthGrpc.HealthBlockingStub health(Channel channel) {
        return within(HealthGrpc.newBlockingStub(channel));
    }

    /// How many services there are.
    private static String reflect(Channel channel) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> request = within(ServerReflectionGrpc.newStub(channel))
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete("" + response.getListServicesResponse().getServiceCount());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        request.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw Status.fromThrowable(e).asRuntimeException();
        } finally {
            request.onCompleted();
        }
    }

    static Set<String> methods() {
        return CALLS.keySet();
    }

    @Test
    void everyMethodIsTried() {
        assertThat(served.hubble.services().stream()
                        .map(ServerServiceDefinition::getMethods)
                        .flatMap(methods -> methods.stream())
                        .map(ServerMethodDefinition::getMethodDescriptor)
                        .map(method -> method.getFullMethodName()))
                .containsExactlyInAnyOrderElementsOf(methods());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void withACertificateItIsAnswered(String method) throws IOException {
        Call call = requireNonNull(CALLS.get(method));
        Channel channel = served.channel(listener, served.ours);

        assertThat(answer(call, channel)).isEqualTo(call.answer);
    }

    private static String answer(Call call, Channel channel) {
        try {
            return call.ask.apply(channel);
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode().toString();
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void withoutOneOfTheAuthorityItIsRefused(String method) throws IOException {
        Call call = requireNonNull(CALLS.get(method));

        for (Channel channel : new Channel[] {served.channel(listener, null), served.channel(listener, others)}) {
            assertThatThrownBy(() -> call.ask.apply(channel))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        }
    }
}
