// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.AuditRequest;
import io.culvert.agent.control.v1.ControlGrpc;
import io.culvert.agent.control.v1.ControlGrpc.ControlBlockingStub;
import io.culvert.agent.control.v1.GetStatusRequest;
import io.culvert.agent.control.v1.ListAffinityRequest;
import io.culvert.agent.control.v1.ListFrontendsRequest;
import io.culvert.agent.view.AffinityRow;
import io.culvert.agent.view.AuditView;
import io.culvert.agent.view.ConnectionRow;
import io.culvert.agent.view.FrontendRow;
import io.culvert.agent.view.ServiceExplainView;
import io.culvert.agent.view.StatusView;
import io.culvert.servicelb.conntrack.FlowFilter;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/// Asks an agent over its socket. Every method throws [ControlException] if the agent does not answer.
public final class ControlClient implements NodeView, AutoCloseable {

    /// An agent answers in milliseconds; a whole list of a large cluster takes a second or two to print.
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path socket;
    private final EventLoop loop;
    private final ManagedChannel channel;

    private ControlClient(Path socket, EventLoop loop, ManagedChannel channel) {
        this.socket = socket;
        this.loop = loop;
        this.channel = channel;
    }

    /// Does not connect yet.
    public static ControlClient open(Path socket) {
        EventLoop loop = new EventLoop();
        ManagedChannel channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollDomainSocketChannel.class)
                .eventLoopGroup(loop.group())
                .withOption(ChannelOption.ALLOCATOR, EventLoop.BUFFERS)
                .overrideAuthority("agent")
                .usePlaintext()
                .directExecutor()
                .build();
        return new ControlClient(socket, loop, channel);
    }

    @Override
    public StatusView status() {
        return ask(() -> Messages.of(stub().getStatus(GetStatusRequest.getDefaultInstance())));
    }

    @Override
    public List<FrontendRow> frontends(String namespace, String service) {
        ListFrontendsRequest request = ListFrontendsRequest.newBuilder()
                .setNamespace(namespace)
                .setService(service)
                .build();
        return ask(() -> all(stub().listFrontends(request), Messages::of));
    }

    @Override
    public List<ConnectionRow> connections(FlowFilter filter) {
        return ask(() -> all(stub().listConnections(ConnectionMessages.of(filter)), ConnectionMessages::of));
    }

    @Override
    public int flush(FlowFilter filter) {
        return ask(() -> stub().flushConnections(ConnectionMessages.of(filter)).getCount());
    }

    @Override
    public List<AffinityRow> affinity() {
        return ask(() -> all(stub().listAffinity(ListAffinityRequest.getDefaultInstance()), ConnectionMessages::of));
    }

    @Override
    public AuditView audit(boolean repair) {
        AuditRequest request = AuditRequest.newBuilder().setRepair(repair).build();
        return ask(() -> AuditMessages.of(stub().audit(request)));
    }

    @Override
    public ServiceExplainView explain(ServiceQuery query) {
        return ask(() -> ServiceExplanationMessages.of(stub().explainService(ServiceExplanationMessages.of(query))));
    }

    @Override
    public PolicyQueries policies() {
        return new PolicyClient(this, channel);
    }

    private ControlBlockingStub stub() {
        return ControlGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    <T> T ask(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw ControlException.of(socket, e);
        }
    }

    static <M, T> List<T> all(Iterator<M> messages, Function<M, T> view) {
        List<T> items = new ArrayList<>();
        messages.forEachRemaining(message -> items.add(view.apply(message)));
        return items;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.close();
    }
}
