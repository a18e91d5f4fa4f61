// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.internal;

import io.culvert.loader.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Waits until a descriptor is readable, and can be woken by another thread.
public final class Wakeup implements AutoCloseable {

    private static final int POLLFD_SIZE = 8;
    private static final short POLLIN = 1;

    private final int eventFd;
    private boolean closed;

    public Wakeup() {
        eventFd = SystemCalls.eventFd();
        if (eventFd < 0) {
            throw new IllegalStateException(
                    "create an eventfd: " + Errno.of(-eventFd) + "; raise the limit of open files (ulimit -n)");
        }
    }

    /// Why a wait ended.
    public enum Reason {
        READABLE,
        WOKEN,
        TIMED_OUT
    }

    /// Waits for at most `timeoutMillis`, without limit if that is negative. Once woken, no later wait blocks.
    public Reason await(int fd, int timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(2 * POLLFD_SIZE, Long.BYTES);
            watch(fds, 0, eventFd);
            watch(fds, POLLFD_SIZE, fd);
            int ready = SystemCalls.poll(fds, 2, timeoutMillis);
            if (ready < 0) {
                throw new IllegalStateException("wait for events: " + Errno.of(-ready));
            }
            return occurred(fds, 0) ? Reason.WOKEN : occurred(fds, POLLFD_SIZE) ? Reason.READABLE : Reason.TIMED_OUT;
        }
    }

    /// Ends the wait of another thread, and every later one. Does nothing once closed.
    public synchronized void wake() {
        // The number may belong to another file by then.
        if (!closed) {
            int _ = SystemCalls.signal(eventFd);
        }
    }

    /// Nobody may be waiting any more.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            SystemCalls.close(eventFd);
        }
    }

    private static void watch(MemorySegment fds, long at, int fd) {
        fds.set(ValueLayout.JAVA_INT, at, fd);
        fds.set(ValueLayout.JAVA_SHORT, at + 4, POLLIN);
    }

    private static boolean occurred(MemorySegment fds, long at) {
        return fds.get(ValueLayout.JAVA_SHORT, at + 6) != 0;
    }
}
