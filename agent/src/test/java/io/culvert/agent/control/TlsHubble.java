// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.flows.NamedTables;
import io.culvert.agent.flows.NodeNames;
import io.culvert.agent.policy.PublishedNumbers;
import io.culvert.cluster.ClusterState;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.hubble.AgentLog;
import io.culvert.observability.hubble.FlowMessages;
import io.culvert.observability.hubble.Hubble;
import io.culvert.observability.hubble.PeerBook;
import io.culvert.observability.names.NodeLabel;
import io.culvert.servicelb.LoadBalancer.NamedFrontend;
import io.culvert.testkit.Certificates;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The Hubble API of a node without traffic, for clients with certificates.
final class TlsHubble {

    private static final String NAME = "node1.default.hubble-grpc.cilium.io";

    final Path directory;
    final AgentLog log = new AgentLog(InstantSource.system());
    final PeerBook peers = new PeerBook("default", true);
    final FlowStore store;
    final Hubble hubble;
    final EventLoop loop;
    final TlsFiles.Paths paths;
    /// Whose certificates are trusted; a test may sign others.
    Certificates ours;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

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

    TlsHubble(Path directory) {
        this.directory = directory;
        ours = signed("ours");
        paths = new TlsFiles.Paths(
                ours.certificate("server", directory.resolve("server.crt")),
                ours.key("server", directory.resolve("server.key")),
                ours.certificate("ca", directory.resolve("ca.crt")));
        loop = opened(new EventLoop());
        store = opened(new FlowStore(1_000));
        WallClock clock = WallClock.ofSystem();
        NodeLabel node = new NodeLabel("default", "node1", "1.0");
        FlowMessages messages =
                new FlowMessages(new NodeNames(node, () -> ClusterState.EMPTY, new NoTables(directory)), clock);
        hubble = opened(new Hubble(new Hubble.Content(store, messages, clock, log, peers)));
    }

    /// Certificates of a node and of a client, of an authority of their own.
    Certificates signed(String authority) {
        return new Certificates(directory.resolve(authority + ".p12"))
                .sign("server", NAME)
                .sign("client", "relay");
    }

    <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    FlowListener listener(Optional<TlsFiles.Paths> tls) {
        return listener(tls, 0);
    }

    FlowListener listener(Optional<TlsFiles.Paths> tls, int port) {
        return opened(
                new FlowListener(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), tls, loop, hubble));
    }

    /// @param client whose certificate; null: without one
    ManagedChannel channel(FlowListener listener, @Nullable Certificates client) throws IOException {
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
        return channel;
    }

    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
