// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Serves calls on a Unix socket. Whoever starts one holds the lock of the run directory, so a socket file that is
/// there already is left over.
final class SocketServer implements AutoCloseable {

    private final Path socket;
    private final Server server;

    private SocketServer(Path socket, Server server) {
        this.socket = socket;
        this.server = server;
    }

    /// @param permissions of the file, as `rw-------`
    /// @throws IOException if the socket cannot be made
    static SocketServer start(Path socket, String permissions, EventLoop loop, List<ServerServiceDefinition> services)
            throws IOException {
        Files.deleteIfExists(socket);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop.group())
                .workerEventLoopGroup(loop.group())
                .withOption(ChannelOption.ALLOCATOR, EventLoop.BUFFERS)
                .withChildOption(ChannelOption.ALLOCATOR, EventLoop.BUFFERS)
                .directExecutor();
        services.forEach(builder::addService);
        Server server = builder.build();
        try {
            server.start();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(permissions));
            return new SocketServer(socket, server);
        } catch (IOException e) {
            server.shutdownNow();
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
        }
    }
}
