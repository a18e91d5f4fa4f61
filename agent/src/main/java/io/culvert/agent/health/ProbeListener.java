// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import io.culvert.net.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers HTTP probes at one address and port.
///
/// A node may have thousands of these, one for each health check node port, so a listener costs a socket and a virtual
/// thread, which takes no thread of the system while it waits. Connections are closed after one answer. Beyond
/// [#CONNECTIONS] at a time, new ones are closed unanswered: whoever holds connections open keeps only this listener's
/// clients waiting, and for [ProbeExchange#PATIENCE] at most.
public final class ProbeListener implements HttpListener {

    /// Connections at a time.
    static final int CONNECTIONS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(ProbeListener.class);
    private static final int BACKLOG = 128;
    private static final long PAUSE_NANOS = 100_000_000L;

    private final ServerSocketChannel channel;
    private final Function<ProbeRequest, Page> pages;
    private final Semaphore free = new Semaphore(CONNECTIONS);
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    private ProbeListener(ServerSocketChannel channel, Function<ProbeRequest, Page> pages) {
        this.channel = channel;
        this.pages = pages;
        this.acceptor = Thread.ofVirtual().name("probes-" + port()).unstarted(this::accept);
    }

    /// Listens; the unspecified address of either family means all addresses of both, as in kube-proxy.
    ///
    /// @param port 0 lets the kernel choose
    /// @throws IOException if the address cannot be had; its message says why
    public static ProbeListener open(IpAddress address, int port, Function<ProbeRequest, Page> pages)
            throws IOException {
        ServerSocketChannel channel = bound(address, port);
        ProbeListener listener = new ProbeListener(channel, pages);
        listener.acceptor.start();
        return listener;
    }

    private static ServerSocketChannel bound(IpAddress address, int port) throws IOException {
        ServerSocketChannel channel = isAny(address)
                ? ServerSocketChannel.open()
                : ServerSocketChannel.open(address.isV4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            InetSocketAddress where =
                    isAny(address) ? new InetSocketAddress(port) : new InetSocketAddress(address.toInetAddress(), port);
            return channel.bind(where, BACKLOG);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isAny(IpAddress address) {
        return address.toInetAddress().isAnyLocalAddress();
    }

    @Override
    public int port() {
        return channel.socket().getLocalPort();
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                SocketChannel connection = channel.accept();
                if (free.tryAcquire()) {
                    connections.add(connection);
                    Thread.ofVirtual().name("probe").start(() -> answer(connection));
                } else {
                    connection.close();
                }
            } catch (IOException e) {
                if (channel.isOpen()) {
                    // Out of file descriptors, most likely: that passes, and this must not spin meanwhile.
                    LOG.debug("accept a probe: {}", e.toString());
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    private void answer(SocketChannel connection) {
        try (connection) {
            ProbeExchange.answer(connection, pages);
        } catch (IOException e) {
            LOG.debug("answer a probe: {}", e.toString());
        } finally {
            connections.remove(connection);
            free.release();
        }
    }

    /// Stops listening, and cuts connections that wait for an answer. Afterwards the port is free.
    @Override
    public void close() {
        try {
            channel.close();
            for (SocketChannel connection : connections) {
                connection.close();
            }
            // The kernel goes on listening until the thread that accepts has left the call.
            acceptor.join();
        } catch (IOException e) {
            LOG.debug("stop listening: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
