// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Answers on a socket with what a test gives it, and keeps what it was asked.
final class FakeObserver extends ObserverGrpc.ObserverImplBase implements AutoCloseable {

    private final BlockingQueue<GetFlowsRequest> requests = new LinkedBlockingQueue<>();
    private final List<GetFlowsResponse> flows;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Server server;

    FakeObserver(Path socket, List<GetFlowsResponse> flows) throws IOException {
        this.flows = flows;
        this.server = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .directExecutor()
                .addService(this)
                .build()
                .start();
    }

    GetFlowsRequest asked() throws InterruptedException {
        return requests.take();
    }

    @Override
    public void getFlows(GetFlowsRequest request, StreamObserver<GetFlowsResponse> observer) {
        requests.add(request);
        if (request.getWhitelistList().stream()
                .anyMatch(filter -> filter.getSourceIpList().contains("nonsense"))) {
            observer.onError(Status.INVALID_ARGUMENT
                    .withDescription("filter flows by source_ip \"nonsense\": write 10.0.0.1")
                    .asRuntimeException());
            return;
        }
        flows.forEach(observer::onNext);
        observer.onCompleted();
    }

    @Override
    public void getAgentEvents(GetAgentEventsRequest request, StreamObserver<GetAgentEventsResponse> observer) {
        for (long i = 0; i < request.getNumber(); i++) {
            observer.onNext(GetAgentEventsResponse.getDefaultInstance());
        }
        observer.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
        var _ = loop.shutdownGracefully();
    }
}
