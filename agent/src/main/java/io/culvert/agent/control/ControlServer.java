// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/// Serves the control API on a Unix socket that only its owner can open. Whoever starts one holds the lock of the run
/// directory, so a socket file that is there already is left over.
public final class ControlServer implements AutoCloseable {

    private final Path socket;
    private final EventLoop loop;
    private final Server server;

    private ControlServer(Path socket, EventLoop loop, Server server) {
        this.socket = socket;
        this.loop = loop;
        this.server = server;
    }

    /// @throws IOException if the socket cannot be made
    public static ControlServer start(Path socket, NodeView node) throws IOException {
        Files.deleteIfExists(socket);
        EventLoop loop = new EventLoop();
        Server server = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop.group())
                .workerEventLoopGroup(loop.group())
                .withOption(ChannelOption.ALLOCATOR, EventLoop.BUFFERS)
                .withChildOption(ChannelOption.ALLOCATOR, EventLoop.BUFFERS)
                .directExecutor()
                .addService(new ControlService(node))
                .addService(new PolicyService(node))
                .build();
        try {
            server.start();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            return new ControlServer(socket, loop, server);
        } catch (IOException e) {
            server.shutdownNow();
            loop.close();
            throw e;
        }
    }

    /// Stops at once and removes the socket.
    @Override
    public void close() {
        server.shutdownNow();
        try {
            boolean _ = server.awaitTermination(1, TimeUnit.SECONDS);
            Files.deleteIfExists(socket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The next agent removes it before it listens.
        } finally {
            loop.close();
        }
    }
}
