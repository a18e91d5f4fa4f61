// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/// The API over a Unix socket, as the agent serves it: one thread for everything, which nothing may hold up.
final class ServedHubble implements AutoCloseable {

    static final Instant BOOT = Instant.parse("2026-01-02T03:04:05Z");

    final FlowStore store;
    final Hubble hubble;
    final AgentLog log = new AgentLog(() -> BOOT);
    final PeerBook peers;
    private final Path socket;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoopGroup clients = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Deque<ManagedChannel> channels = new ArrayDeque<>();
    private final Server server;

    ServedHubble(Path directory, int capacity) throws IOException {
        this(directory, capacity, new WallClock(() -> BOOT, () -> 0L));
    }

    ServedHubble(Path directory, int capacity, WallClock clock) throws IOException {
        this(directory, capacity, clock, Observations.LIMIT);
    }

    ServedHubble(Path directory, int capacity, WallClock clock, int limit) throws IOException {
        this(directory, capacity, clock, limit, new PeerBook("default", true));
    }

    ServedHubble(Path directory, PeerBook peers) throws IOException {
        this(directory, 1, new WallClock(() -> BOOT, () -> 0L), Observations.LIMIT, peers);
    }

    private ServedHubble(Path directory, int capacity, WallClock clock, int limit, PeerBook peers) throws IOException {
        this.peers = peers;
        store = new FlowStore(capacity);
        FlowMessages messages = new FlowMessages(new Names(), clock);
        hubble = new Hubble(new Hubble.Content(store, messages, clock, log, peers), limit);
        socket = directory.resolve("hubble.sock");
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .directExecutor();
        hubble.services().forEach(builder::addService);
        server = builder.build().start();
    }

    ManagedChannel connect() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollDomainSocketChannel.class)
                .eventLoopGroup(clients)
                .overrideAuthority("agent")
                .usePlaintext()
                .build();
        channels.push(channel);
        return channel;
    }

    ObserverGrpc.ObserverBlockingStub observer() {
        return ObserverGrpc.newBlockingStub(connect()).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        server.shutdownNow();
        hubble.close();
        store.close();
        var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        var _ = clients.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
