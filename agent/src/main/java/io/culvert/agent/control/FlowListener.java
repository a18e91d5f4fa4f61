// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.observability.hubble.Hubble;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the Hubble API over TCP. Whatever keeps it from that is tried again and changes nothing else.
public final class FlowListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FlowListener.class);

    /// Relays ask every some seconds whether a node is there.
    private static final int KEEPALIVE_SECONDS = 5;

    private final InetSocketAddress address;
    private final Optional<TlsFiles.Paths> tls;
    private final EventLoop loop;
    private final Hubble hubble;
    private @Nullable TlsFiles files;
    private @Nullable Server server;
    private volatile String problem = "";

    FlowListener(InetSocketAddress address, Optional<TlsFiles.Paths> tls, EventLoop loop, Hubble hubble) {
        this.address = address;
        this.tls = tls;
        this.loop = loop;
        this.hubble = hubble;
    }

    /// Listens with the first [#look].
    ///
    /// @param tls empty: without, for everyone who can reach it
    /// @param control is closed after this
    public static FlowListener of(
            InetSocketAddress address, Optional<TlsFiles.Paths> tls, ControlServer control, Hubble hubble) {
        return new FlowListener(address, tls, control.loop(), hubble);
    }

    /// Listens if it does not yet, and takes files that changed. To be called every some seconds.
    public synchronized void look() {
        try {
            if (tls.isPresent()) {
                load(tls.get());
            }
            if (server == null) {
                server = listening();
                LOG.info("flows are served on {}{}", address, tls.isPresent() ? "" : " without TLS");
            }
            problem = "";
        } catch (IOException e) {
            String message = "serve flows on " + address + ": " + e.getMessage();
            if (!message.equals(problem)) {
                LOG.error("{}; {}", message, server == null ? "trying again" : "what was loaded before stays");
            }
            problem = message;
        }
    }

    private void load(TlsFiles.Paths paths) throws IOException {
        TlsFiles present = files;
        if (present == null) {
            files = new TlsFiles(paths);
        } else if (present.reload()) {
            LOG.info("flows are served with a new certificate from {}", paths.certificate());
        }
    }

    private Server listening() throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .channelType(EpollServerSocketChannel.class)
                .bossEventLoopGroup(loop.group())
                .workerEventLoopGroup(loop.group())
                .withOption(ChannelOption.ALLOCATOR, EventLoop.BUFFERS)
                .withChildOption(ChannelOption.ALLOCATOR, EventLoop.BUFFERS)
                .permitKeepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .directExecutor();
        TlsFiles present = files;
        if (present != null) {
            builder.sslContext(present.context());
        }
        hubble.services().forEach(builder::addService);
        return builder.build().start();
    }

    /// Why it is not as it should be; empty if it is.
    public String problem() {
        return problem;
    }

    /// The port, for one that the kernel chose; 0 while it does not listen.
    public synchronized int port() {
        return server == null ? 0 : server.getPort();
    }

    @Override
    public synchronized void close() {
        Server present = server;
        if (present == null) {
            return;
        }
        present.shutdownNow();
        try {
            boolean _ = present.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
