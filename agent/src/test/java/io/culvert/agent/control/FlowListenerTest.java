// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.flows.NamedTables;
import io.culvert.agent.flows.NodeNames;
import io.culvert.agent.policy.PublishedNumbers;
import io.culvert.cluster.ClusterState;
import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.hubble.AgentLog;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.hubble.Hubble;
import io.culvert.observability.hubble.NodeLabel;
import io.culvert.observability.hubble.PeerBook;
import io.culvert.servicelb.LoadBalancer.NamedFrontend;
import io.culvert.testkit.Certificates;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlowListenerTest {

    private static final String NAME = "node1.default.hubble-grpc.cilium.io";

    @TempDir
    private Path directory;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final AgentLog log = new AgentLog(InstantSource.system());
    private Certificates ours;
    private TlsFiles.Paths paths;
    private EventLoop loop;
    private Hubble hubble;

    @BeforeEach
    void create() {
        ours = new Certificates(directory.resolve("ours.p12"))
                .sign("server", NAME)
                .sign("client", "relay");
        paths = new TlsFiles.Paths(
                ours.certificate("server", directory.resolve("server.crt")),
                ours.key("server", directory.resolve("server.key")),
                ours.certificate("ca", directory.resolve("ca.crt")));
        loop = opened(new EventLoop());
        FlowStore store = opened(new FlowStore(1_000));
        WallClock clock = WallClock.ofSystem();
        FlowMessages messages = new FlowMessages(
                new NodeLabel("default", "node1", "1.0"),
                new NodeNames(() -> ClusterState.EMPTY, new NoTables(directory)),
                clock);
        hubble = opened(new Hubble(new Hubble.Content(store, messages, clock, log, new PeerBook("default", true))));
    }

    private record NoTables(Path cgroupRoot) implements NamedTables {

        @Override
        public List<NamedFrontend> frontends() {
            return List.of();
        }

        @Override
        public Optional<PublishedNumbers> policies() {
            return Optional.empty();
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private FlowListener listener(Optional<TlsFiles.Paths> tls) {
        return opened(new FlowListener(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls, loop, hubble));
    }

    /// @param client whose certificate; null: without one
    private ObserverGrpc.ObserverBlockingStub observer(
            FlowListener listener, @org.jspecify.annotations.Nullable Certificates client) throws IOException {
        SslContextBuilder tls = GrpcSslContexts.forClient()
                .trustManager(
                        ours.certificate("ca", directory.resolve("trusted.crt")).toFile());
        if (client != null) {
            tls.keyManager(
                    client.certificate("client", directory.resolve("client.crt"))
                            .toFile(),
                    client.key("client", directory.resolve("client.key")).toFile());
        }
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", listener.port())
                .sslContext(tls.build())
                .overrideAuthority(NAME)
                .build();
        opened((AutoCloseable) channel::shutdownNow);
        return ObserverGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static String version(ObserverGrpc.ObserverBlockingStub observer) {
        return observer.serverStatus(ServerStatusRequest.getDefaultInstance()).getVersion();
    }

    @Test
    void whoHasACertificateIsServed() throws IOException {
        FlowListener listener = listener(Optional.of(paths));
        listener.look();

        assertThat(version(observer(listener, ours))).isEqualTo("culvert 1.0");
        assertThat(listener.problem()).isEmpty();
    }

    @Test
    void whoHasNoneOfTheAuthorityIsRefused() throws IOException {
        FlowListener listener = listener(Optional.of(paths));
        listener.look();
        Certificates others = new Certificates(directory.resolve("others.p12")).sign("client", "relay");

        refused(observer(listener, null));
        refused(observer(listener, others));
        assertThat(version(observer(listener, ours))).isEqualTo("culvert 1.0");
    }

    private static void refused(ObserverGrpc.ObserverBlockingStub observer) {
        assertThatThrownBy(() -> version(observer))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    @Test
    void certificatesAreRenewedAndStreamsStay() throws IOException {
        FlowListener listener = listener(Optional.of(paths));
        listener.look();
        log.started(Instant.EPOCH);
        Iterator<GetAgentEventsResponse> stream = observer(listener, ours)
                .getAgentEvents(GetAgentEventsRequest.newBuilder()
                        .setFollow(true)
                        .setNumber(1)
                        .build());
        assertThat(stream.next().getAgentEvent().hasAgentStart()).isTrue();

        Certificates renewed = new Certificates(directory.resolve("renewed.p12"))
                .sign("server", NAME)
                .sign("client", "relay");
        renewed.certificate("server", paths.certificate());
        renewed.key("server", paths.key());
        renewed.certificate("ca", paths.clientCa());
        touch(paths.certificate());
        listener.look();

        log.started(Instant.EPOCH);
        assertThat(stream.next().getAgentEvent().hasAgentStart()).isTrue();
        refused(observer(listener, ours));
        ours = renewed;
        assertThat(version(observer(listener, renewed))).isEqualTo("culvert 1.0");
    }

    /// Clocks of file systems are coarse.
    private static void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(10)));
    }

    @Test
    void aBadRenewalKeepsWhatWasThere() throws IOException {
        FlowListener listener = listener(Optional.of(paths));
        listener.look();

        Files.writeString(paths.certificate(), "nothing");
        listener.look();

        assertThat(listener.problem())
                .startsWith("serve flows on ")
                .contains(paths.certificate().toString())
                .doesNotContain("\n");
        assertThat(version(observer(listener, ours))).isEqualTo("culvert 1.0");
        ours.certificate("server", paths.certificate());
        touch(paths.certificate());
        listener.look();
        assertThat(listener.problem()).isEmpty();
    }

    @Test
    void filesThatDoNotFitAreNamed() throws IOException {
        FlowListener listener = listener(Optional.of(paths));

        ours.key("client", paths.key());
        listener.look();
        assertThat(listener.problem())
                .endsWith("use " + paths.certificate() + ": it is not the certificate of " + paths.key());
        assertThat(listener.port()).isZero();
        Files.writeString(paths.key(), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        listener.look();
        assertThat(listener.problem()).contains(paths.key().toString()).contains("PKCS #8");
        Files.delete(paths.key());
        listener.look();
        assertThat(listener.problem()).endsWith(paths.key() + ": No such file or directory (ENOENT)");
        ours.key("server", paths.key());
        touch(paths.key());
        listener.look();

        assertThat(listener.problem()).isEmpty();
        assertThat(version(observer(listener, ours))).isEqualTo("culvert 1.0");
    }

    @Test
    void aPortThatIsTakenIsTriedAgain() throws IOException {
        ServerSocket holder = opened(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        FlowListener listener = opened(new FlowListener(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), holder.getLocalPort()),
                Optional.empty(),
                loop,
                hubble));
        listener.look();
        assertThat(listener.problem()).contains("serve flows on ");

        holder.close();
        listener.look();

        assertThat(listener.problem()).isEmpty();
        assertThat(listener.port()).isEqualTo(holder.getLocalPort());
    }
}
