// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.loader.Errno;
import io.culvert.loader.internal.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A socket of the route family (netlink(7)) in the network namespace of the thread that opens it. Used by one thread
/// at a time.
final class NetlinkSocket implements AutoCloseable {

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int ADDRESS_SIZE = 12;
    /// The kernel fills at most 32 KiB at a time, whatever room it is given.
    private static final int BUFFER_SIZE = 64 << 10;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_SIZE, Long.BYTES);
    private final MemorySegment sender = arena.allocate(ADDRESS_SIZE, Integer.BYTES);
    private final int fd;

    /// @param groups the notifications to get: bits `RTMGRP_*`
    NetlinkSocket(int groups) {
        fd = SystemCalls.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
        check(fd, "open a netlink socket");
        try {
            sender.fill((byte) 0);
            sender.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
            sender.set(ValueLayout.JAVA_INT, 8, groups);
            check(SystemCalls.bind(fd, sender), "bind a netlink socket");
        } catch (NetlinkException e) {
            close();
            throw e;
        }
    }

    int fd() {
        return fd;
    }

    /// Asks for room for this many bytes of messages that have not been taken; more than the system's limit only where
    /// the process may.
    void receiveBuffer(int bytes) {
        if (option(SO_RCVBUFFORCE, bytes) < 0) {
            check(option(SO_RCVBUF, bytes), "set the receive buffer of a netlink socket");
        }
    }

    /// How long [#receive] waits.
    void receiveTimeout(int seconds) {
        MemorySegment time = arena.allocateFrom(ValueLayout.JAVA_LONG, seconds, 0);
        check(SystemCalls.setOption(fd, SOL_SOCKET, SO_RCVTIMEO, time), "set the time limit of a netlink socket");
    }

    void send(byte[] message) {
        try (Arena call = Arena.ofConfined()) {
            check(SystemCalls.send(fd, call.allocateFrom(ValueLayout.JAVA_BYTE, message)), "send a netlink request");
        }
    }

    /// The next datagram of the kernel, valid until the next call; waits for it.
    ByteBuffer receive() {
        while (true) {
            Optional<ByteBuffer> received = receive(0);
            if (received.isPresent()) {
                return received.get();
            }
        }
    }

    /// The next datagram if there is one now. What did not come from the kernel is passed over.
    Optional<ByteBuffer> poll() {
        return receive(MSG_DONTWAIT);
    }

    private Optional<ByteBuffer> receive(int flags) {
        int length = SystemCalls.receive(fd, buffer, flags | MSG_TRUNC, sender);
        if (length == -Errno.EAGAIN.number() && flags == MSG_DONTWAIT) {
            return Optional.empty();
        }
        check(length, "receive from netlink");
        if (length > BUFFER_SIZE) {
            throw NetlinkException.of("receive from netlink", "a message of " + length + " bytes");
        }
        // Other processes may send to this socket too; the kernel's own number is 0.
        return sender.get(ValueLayout.JAVA_INT, 4) == 0
                ? Optional.of(buffer.asSlice(0, length).asByteBuffer())
                : Optional.empty();
    }

    private int option(int name, int value) {
        return SystemCalls.setOption(fd, SOL_SOCKET, name, arena.allocateFrom(ValueLayout.JAVA_INT, value));
    }

    private static void check(int result, String operation) {
        if (result < 0) {
            throw NetlinkException.of(operation, Errno.of(-result));
        }
    }

    @Override
    public void close() {
        SystemCalls.close(fd);
        arena.close();
    }
}
