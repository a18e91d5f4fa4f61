// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.hubble.Hubble;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The Hubble API on a Unix socket, as the agent serves it, with clients of this process that have one thread of their
/// own and a connection each.
final class FlowClients implements AutoCloseable {

    private static final Logger LIBRARY = Logger.getLogger("io.grpc");

    /// Bytes that wait for one that stopped.
    private static final int WINDOW = 1 << 16;

    static {
        // It warns of each stream that ends while flows wait for it.
        LIBRARY.setLevel(Level.SEVERE);
    }

    private final EventLoopGroup serverLoop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoopGroup clientLoop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Path socket;
    private final Server server;

    private FlowClients(Path socket, Hubble hubble) throws IOException {
        this.socket = socket;
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(serverLoop)
                .workerEventLoopGroup(serverLoop)
                .directExecutor();
        hubble.services().forEach(builder::addService);
        server = builder.build().start();
    }

    static FlowClients serve(Hubble hubble) throws IOException {
        return new FlowClients(Files.createTempDirectory("culvert-bench").resolve("hubble.sock"), hubble);
    }

    /// A client of an agent, with a thread of its own.
    record Client(ManagedChannel channel, EventLoopGroup loop) implements AutoCloseable {

        static Client of(Path socket) {
            EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            return new Client(to(socket, loop).build(), loop);
        }

        @Override
        public void close() {
            channel.shutdownNow();
            var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static NettyChannelBuilder to(Path socket, EventLoopGroup loop) {
        return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollDomainSocketChannel.class)
                .eventLoopGroup(loop)
                .overrideAuthority("agent")
                .directExecutor()
                .usePlaintext();
    }

    /// One observer.
    static final class Following extends ClientCall.Listener<GetFlowsResponse> {

        private final String what;
        private final ClientCall<GetFlowsRequest, GetFlowsResponse> call;
        private final boolean reads;
        private final AtomicLong seen = new AtomicLong();
        private final AtomicLong lost = new AtomicLong();

        private Following(String what, ClientCall<GetFlowsRequest, GetFlowsResponse> call, boolean reads) {
            this.what = what;
            this.call = call;
            this.reads = reads;
        }

        @Override
        public void onMessage(GetFlowsResponse response) {
            if (response.hasLostEvents()) {
                lost.addAndGet(response.getLostEvents().getNumEventsLost());
            } else {
                seen.incrementAndGet();
            }
            if (reads) {
                call.request(1);
            }
        }

        String what() {
            return what;
        }

        void reset() {
            seen.set(0);
            lost.set(0);
        }

        long seen() {
            return seen.get();
        }

        /// As it was told.
        long lost() {
            return lost.get();
        }

        void cancel() {
            call.cancel("enough", null);
        }
    }

    /// @param reads false: it takes one flow and then stops
    Following follow(String what, FlowFilter filter, boolean reads) {
        NettyChannelBuilder builder = to(socket, clientLoop);
        ManagedChannel channel = (reads ? builder : builder.flowControlWindow(WINDOW)).build();
        channels.add(channel);
        Following following =
                new Following(what, channel.newCall(ObserverGrpc.getGetFlowsMethod(), CallOptions.DEFAULT), reads);
        following.call.start(following, new Metadata());
        following.call.request(reads ? 64 : 1);
        following.call.sendMessage(GetFlowsRequest.newBuilder()
                .setFollow(true)
                .addWhitelist(filter)
                .build());
        following.call.halfClose();
        return following;
    }

    /// Processor time of all clients so far.
    long processorNanos() throws InterruptedException {
        return clientLoop
                .submit(() -> Processor.of(Thread.currentThread()))
                .await()
                .getNow();
    }

    @Override
    public void close() throws IOException {
        channels.forEach(ManagedChannel::shutdownNow);
        server.shutdownNow();
        for (EventLoopGroup loop : List.of(clientLoop, serverLoop)) {
            var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        Files.deleteIfExists(socket);
        Files.deleteIfExists(socket.getParent());
    }
}
