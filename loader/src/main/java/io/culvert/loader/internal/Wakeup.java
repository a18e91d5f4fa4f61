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
    private static final int EPOLLIN = 1;
    private static final int EPOLLET = 1 << 31;
    /// Of `struct epoll_event`, with room for those processors that do not pack it.
    private static final int EPOLL_EVENT_SIZE = 16;

    private final int eventFd;
    /// Descriptor of an epoll; negative: nobody asked for one.
    private int epoll = -1;
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
            int _ = checked(SystemCalls.poll(fds, 2, timeoutMillis));
            return occurred(fds, 0) ? Reason.WOKEN : occurred(fds, POLLFD_SIZE) ? Reason.READABLE : Reason.TIMED_OUT;
        }
    }

    /// Waits for at most `timeoutMillis` until `fd` wakes who waits for it. That it has been readable all the time is
    /// not enough. Once woken by [#wake], no later wait blocks.
    ///
    /// @param fd the same in each call
    public void awaitNews(int fd, int timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate(2 * EPOLL_EVENT_SIZE, Long.BYTES);
            if (epoll < 0) {
                epoll = checked(SystemCalls.epoll());
                add(eventFd, EPOLLIN, events);
                add(fd, EPOLLIN | EPOLLET, events);
            }
            int _ = checked(SystemCalls.epollWait(epoll, events, 2, timeoutMillis));
        }
    }

    private void add(int fd, int flags, MemorySegment event) {
        event.set(ValueLayout.JAVA_INT, 0, flags);
        int _ = checked(SystemCalls.epollAdd(epoll, fd, event));
    }

    private static int checked(int result) {
        if (result < 0) {
            throw new IllegalStateException("wait for events: " + Errno.of(-result));
        }
        return result;
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
            if (epoll >= 0) {
                SystemCalls.close(epoll);
            }
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
