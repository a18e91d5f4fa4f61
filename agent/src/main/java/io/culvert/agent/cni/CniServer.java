// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens for the plugin: one request a connection, up to its end of stream, then one answer.
public final class CniServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CniServer.class);

    private static final int LARGEST_REQUEST = 4 << 20;

    /// As many pods as a node has, starting at once.
    private static final int CONNECTIONS = 256;

    private final Path socket;
    private final ServerSocketChannel channel;
    private final CniCommands commands;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore room = new Semaphore(CONNECTIONS);

    /// @param socket replaced if it is there: its former owner is gone, since the caller holds the run directory
    /// @throws IOException if nobody can listen there
    public CniServer(Path socket, PodAdmission admission, Duration patience) throws IOException {
        this.socket = socket;
        commands = new CniCommands(admission, patience);
        Files.deleteIfExists(socket);
        channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        Thread.ofPlatform().daemon().name("cni").start(this::accept);
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                room.acquire();
                SocketChannel connection = channel.accept();
                threads.execute(() -> {
                    try (connection) {
                        answer(connection);
                    } catch (IOException e) {
                        LOG.debug("a CNI plugin went away: {}", e.getMessage());
                    } finally {
                        room.release();
                    }
                });
            } catch (IOException e) {
                room.release();
                if (channel.isOpen()) {
                    LOG.warn("accept a CNI plugin at {}: {}; pods that start now have to wait", socket, e.getMessage());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void answer(SocketChannel connection) throws IOException {
        byte[] request = Channels.newInputStream(connection).readNBytes(LARGEST_REQUEST);
        try {
            ByteBuffer answer = ByteBuffer.wrap(commands.answer(request).toBytes());
            while (answer.hasRemaining()) {
                connection.write(answer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the requests that wait, unanswered: their plugins report that the agent went away.
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.debug("close {}: {}", socket, e.getMessage());
        }
        threads.shutdownNow();
        threads.close();
    }
}
