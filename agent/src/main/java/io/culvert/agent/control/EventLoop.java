// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.buffer.UnpooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/// One thread for everything that the control API does, and buffers on the heap without pools: Netty's defaults
/// reserve megabytes for a load that never comes here.
final class EventLoop implements AutoCloseable {

    /// Not shared: an allocator of the library's defaults would make its pools as soon as it is looked at.
    static final ByteBufAllocator BUFFERS = new UnpooledByteBufAllocator(false);

    private final EventLoopGroup group;

    EventLoop() {
        group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("control", true), EpollIoHandler.newFactory());
    }

    EventLoopGroup group() {
        return group;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
