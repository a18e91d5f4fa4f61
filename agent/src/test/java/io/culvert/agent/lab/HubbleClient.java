// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.observability.api.observer.ServerStatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// Asks an agent's hubble.sock, as `hubble` does.
final class HubbleClient implements AutoCloseable {

    private final EventLoopGroup loop;
    private final ManagedChannel channel;

    private HubbleClient(EventLoopGroup loop, ManagedChannel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    static HubbleClient open(Path socket) {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        return new HubbleClient(
                loop,
                NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loop)
                        .overrideAuthority("agent")
                        .usePlaintext()
                        .build());
    }

    ManagedChannel channel() {
        return channel;
    }

    ObserverGrpc.ObserverBlockingStub observer() {
        return ObserverGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    /// All that are kept.
    List<Flow> flows() {
        List<Flow> flows = new ArrayList<>();
        observer().getFlows(GetFlowsRequest.getDefaultInstance()).forEachRemaining(response -> {
            if (response.getResponseTypesCase() == GetFlowsResponse.ResponseTypesCase.FLOW) {
                flows.add(response.getFlow());
            }
        });
        return flows;
    }

    /// Flows that come from now on, in a list that they are added to until this is closed.
    List<Flow> follow() {
        List<Flow> flows = new CopyOnWriteArrayList<>();
        ObserverGrpc.newStub(channel)
                .getFlows(GetFlowsRequest.newBuilder().setFollow(true).build(), new StreamObserver<>() {
                    @Override
                    public void onNext(GetFlowsResponse response) {
                        if (response.hasFlow()) {
                            flows.add(response.getFlow());
                        }
                    }

                    // Whoever waits for a flow finds that none comes.
                    @Override
                    public void onError(Throwable reason) {}

                    @Override
                    public void onCompleted() {}
                });
        return flows;
    }

    ServerStatusResponse status() {
        return observer().serverStatus(ServerStatusRequest.getDefaultInstance());
    }

    @Override
    public void close() {
        channel.shutdownNow();
        var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
