// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.internal;

import static io.culvert.loader.internal.CFunction.pointer;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Sockets, waiting, namespaces and mappings, which Java has no counterpart for. Each method is one function of the C
/// library; it returns what that returns, or the negative errno. A call that a signal interrupted is made again.
public final class SystemCalls {

    private static final int EINTR = 4;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80800;
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
    private static final long MAP_FAILED = -1;

    private static final CFunction SOCKET = CFunction.ofLibc("socket");
    private static final CFunction BIND = CFunction.ofLibc("bind");
    private static final CFunction SEND = CFunction.ofLibc("send");
    private static final CFunction RECVFROM = CFunction.ofLibc("recvfrom");
    private static final CFunction SETSOCKOPT = CFunction.ofLibc("setsockopt");
    private static final CFunction GETSOCKOPT = CFunction.ofLibc("getsockopt");
    private static final CFunction POLL = CFunction.ofLibc("poll");
    private static final CFunction EPOLL_CREATE = CFunction.ofLibc("epoll_create1");
    private static final CFunction EPOLL_CTL = CFunction.ofLibc("epoll_ctl");
    private static final CFunction EPOLL_WAIT = CFunction.ofLibc("epoll_wait");
    private static final CFunction EVENTFD = CFunction.ofLibc("eventfd");
    private static final CFunction EVENTFD_WRITE = CFunction.ofLibc("eventfd_write");
    private static final CFunction SETNS = CFunction.ofLibc("setns");
    private static final CFunction READ = CFunction.ofLibc("read");
    private static final CFunction OPEN = CFunction.ofLibc("open");
    private static final CFunction FCNTL = CFunction.ofLibc("fcntl");
    private static final CFunction CLOSE = CFunction.ofLibc("close");
    private static final CFunction MMAP = CFunction.ofLibc("mmap");
    private static final CFunction MUNMAP = CFunction.ofLibc("munmap");

    private SystemCalls() {}

    /// `int socket(int domain, int type, int protocol);`
    public static int socket(int domain, int type, int protocol) {
        return call(SOCKET, domain, type, protocol);
    }

    /// `int bind(int fd, const struct sockaddr *address, socklen_t length);`
    public static int bind(int fd, MemorySegment address) {
        return call(BIND, fd, pointer(address), address.byteSize());
    }

    /// `ssize_t send(int fd, const void *message, size_t length, int flags);`
    public static int send(int fd, MemorySegment message) {
        return call(SEND, fd, pointer(message), message.byteSize(), 0);
    }

    /// `ssize_t recvfrom(int fd, void *buffer, size_t length, int flags, struct sockaddr *from, socklen_t
    /// *fromLength);`
    ///
    /// @param from room for the sender's address
    public static int receive(int fd, MemorySegment buffer, int flags, MemorySegment from) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) from.byteSize());
            return call(RECVFROM, fd, pointer(buffer), buffer.byteSize(), flags, pointer(from), pointer(length));
        }
    }

    /// `int setsockopt(int fd, int level, int name, const void *value, socklen_t length);`
    public static int setOption(int fd, int level, int name, MemorySegment value) {
        return call(SETSOCKOPT, fd, level, name, pointer(value), value.byteSize());
    }

    /// `int getsockopt(int fd, int level, int name, void *value, socklen_t *length);`
    public static int getOption(int fd, int level, int name, MemorySegment value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) value.byteSize());
            return call(GETSOCKOPT, fd, level, name, pointer(value), pointer(length));
        }
    }

    /// `int poll(struct pollfd *fds, nfds_t count, int timeout);`
    public static int poll(MemorySegment fds, long count, int timeoutMillis) {
        return call(POLL, pointer(fds), count, timeoutMillis);
    }

    /// `int epoll_create1(EPOLL_CLOEXEC);`
    public static int epoll() {
        return call(EPOLL_CREATE, EPOLL_CLOEXEC);
    }

    /// `int epoll_ctl(int epoll, EPOLL_CTL_ADD, int fd, struct epoll_event *event);`
    public static int epollAdd(int epoll, int fd, MemorySegment event) {
        return call(EPOLL_CTL, epoll, EPOLL_CTL_ADD, fd, pointer(event));
    }

    /// `int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout);`
    public static int epollWait(int epoll, MemorySegment events, int count, int timeoutMillis) {
        return call(EPOLL_WAIT, epoll, pointer(events), count, timeoutMillis);
    }

    /// `int eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);`
    public static int eventFd() {
        return call(EVENTFD, 0, EFD_CLOEXEC_NONBLOCK);
    }

    /// `int eventfd_write(int fd, 1);`
    public static int signal(int eventFd) {
        return call(EVENTFD_WRITE, eventFd, 1);
    }

    /// `int setns(int fd, int type);` For the calling thread only.
    public static int setNamespace(int fd, int type) {
        return call(SETNS, fd, type);
    }

    /// `int open(const char *path, O_RDONLY | O_CLOEXEC);`
    public static int open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            return call(OPEN, pointer(name), O_RDONLY_CLOEXEC);
        }
    }

    /// `ssize_t read(int fd, void *buffer, size_t length);`
    public static int read(int fd, MemorySegment buffer) {
        return call(READ, fd, pointer(buffer), buffer.byteSize());
    }

    /// `int fcntl(int fd, F_DUPFD_CLOEXEC, 3);`
    public static int duplicate(int fd) {
        return call(FCNTL, fd, F_DUPFD_CLOEXEC, 3);
    }

    /// `int close(int fd);` Not made again: Linux has released the descriptor whatever it returns.
    public static void close(int fd) {
        long _ = CLOSE.call(fd);
    }

    /// `void *mmap(NULL, size_t length, int protection, MAP_SHARED, int fd, off_t offset);`
    ///
    /// @return the address, or the negative errno
    public static long mapShared(int fd, long offset, long length, boolean writable) {
        return MMAP.callForAddress(
                MAP_FAILED, 0, length, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, offset);
    }

    /// `void *mmap(NULL, size_t length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);`
    ///
    /// @return the address, or the negative errno
    public static long mapPrivate(long length) {
        return MMAP.callForAddress(
                MAP_FAILED, 0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
    }

    /// `int munmap(void *address, size_t length);` Of the whole segment.
    public static void unmap(MemorySegment memory) {
        // FFM: this runs when the arena has closed, so that the segment is not alive any more by its own account.
        long _ = MUNMAP.call(memory.address(), memory.byteSize());
    }

    private static int call(CFunction function, long... arguments) {
        int result = function.callForErrno(arguments);
        while (result == -EINTR) {
            result = function.callForErrno(arguments);
        }
        return result;
    }
}
