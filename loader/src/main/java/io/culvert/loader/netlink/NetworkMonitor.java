// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.loader.Errno;
import io.culvert.loader.internal.Wakeup;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reports changes of links, addresses and routes of one network namespace, or of its neighbours, as they happen, to
/// one listener.
///
/// Changes are reported from the moment [#start] returns, so a caller starts a monitor first and reads the lists of
/// [Rtnetlink] afterwards: what changes in between is in the list, or reported, or both.
public final class NetworkMonitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NetworkMonitor.class);

    private static final Errno ENOBUFS = Errno.of(105);

    /// `RTMGRP_LINK`, `RTMGRP_IPV4_IFADDR`, `RTMGRP_IPV4_ROUTE`, `RTMGRP_IPV6_IFADDR`, `RTMGRP_IPV6_ROUTE`
    private static final int GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    /// `RTMGRP_NEIGH`
    private static final int NEIGHBOURS = 0x4;

    /// A thousand pods that start at once make some ten thousand messages of half a kilobyte.
    private static final int RECEIVE_BUFFER = 8 << 20;

    private final NetworkListener listener;
    private final NetlinkSocket socket;
    private final Wakeup wakeup;
    private final Thread thread;
    private volatile boolean closed;

    private NetworkMonitor(NetworkListener listener, NetlinkSocket socket, Wakeup wakeup) {
        this.listener = listener;
        this.socket = socket;
        this.wakeup = wakeup;
        // A platform thread: it blocks in a system call, which would hold a carrier thread for ever.
        this.thread = Thread.ofPlatform().daemon().name("network-monitor").unstarted(this::run);
    }

    /// Watches the namespace of the calling thread.
    ///
    /// @throws NetlinkException if there is no socket to be had
    public static NetworkMonitor start(NetworkListener listener) {
        return start(listener, RECEIVE_BUFFER);
    }

    /// The same for neighbours, and for what bridges learn of stations behind their ports, in place of all else.
    ///
    /// @throws NetlinkException if there is no socket to be had
    public static NetworkMonitor startNeighbours(NetworkListener listener) {
        return start(listener, RECEIVE_BUFFER, NEIGHBOURS);
    }

    static NetworkMonitor start(NetworkListener listener, int receiveBuffer) {
        return start(listener, receiveBuffer, GROUPS);
    }

    private static NetworkMonitor start(NetworkListener listener, int receiveBuffer, int groups) {
        NetlinkSocket socket = new NetlinkSocket(groups);
        try {
            socket.receiveBuffer(receiveBuffer);
            NetworkMonitor monitor = new NetworkMonitor(listener, socket, new Wakeup());
            monitor.thread.start();
            return monitor;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// Ends the reports: none begins after this returns. May be called by the listener itself.
    @Override
    public void close() {
        closed = true;
        wakeup.wake();
        boolean interrupted = false;
        while (!thread.equals(Thread.currentThread()) && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (wakeup;
                socket) {
            while (!closed && wakeup.await(socket.fd(), -1) == Wakeup.Reason.READABLE) {
                receive();
            }
        } catch (NetlinkException e) {
            tell(() -> listener.failed(e));
        } catch (IllegalStateException e) {
            tell(() -> listener.failed(NetlinkException.of("watch the network", String.valueOf(e.getMessage()))));
        }
    }

    private void receive() {
        try {
            socket.poll().ifPresent(this::report);
        } catch (NetlinkException e) {
            if (!overrun(e)) {
                throw e;
            }
            drain();
            tell(listener::lost);
        }
    }

    private void report(ByteBuffer datagram) {
        for (NetlinkMessage message : NetlinkMessage.split(datagram)) {
            ObjectMessages.parse(message).ifPresent(change -> tell(() -> listener.changed(change)));
        }
    }

    /// The kernel keeps what came before the loss and drops what came later. Reporting it after the listener has read
    /// everything anew would bring back what is gone.
    private void drain() {
        boolean more = true;
        while (more && !closed) {
            try {
                more = socket.poll().isPresent();
            } catch (NetlinkException e) {
                if (!overrun(e)) {
                    throw e;
                }
            }
        }
    }

    private static boolean overrun(NetlinkException e) {
        return e.errno().filter(ENOBUFS::equals).isPresent();
    }

    /// A listener that throws loses this report, not the following ones.
    private void tell(Runnable report) {
        if (closed) {
            return;
        }
        try {
            report.run();
        } catch (RuntimeException e) {
            LOG.error("a listener to network changes failed", e);
        }
    }
}
