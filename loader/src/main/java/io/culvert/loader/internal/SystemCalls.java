// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/// Sockets, waiting and namespaces, which Java has no counterpart for. Each method is one function of the C library; it
/// returns what that returns, or the negative errno. A call that a signal interrupted is made again.
public final class SystemCalls {

    private static final int EINTR = 4;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80800;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(StructLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = bind("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = bind("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SEND = bind("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECVFROM =
            bind("recvfrom", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SETSOCKOPT =
            bind("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            bind("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle POLL = bind("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle EVENTFD = bind("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle EVENTFD_WRITE = bind("eventfd_write", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle SETNS = bind("setns", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle OPEN = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FCNTL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("fcntl"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = bind("close", JAVA_INT, JAVA_INT);

    private SystemCalls() {}

    /// `int socket(int domain, int type, int protocol);`
    public static int socket(int domain, int type, int protocol) {
        return call(state -> (int) SOCKET.invokeExact(state, domain, type, protocol));
    }

    /// `int bind(int fd, const struct sockaddr *address, socklen_t length);`
    public static int bind(int fd, MemorySegment address) {
        return call(state -> (int) BIND.invokeExact(state, fd, address, (int) address.byteSize()));
    }

    /// `ssize_t send(int fd, const void *message, size_t length, int flags);`
    public static int send(int fd, MemorySegment message) {
        return call(state -> (int) (long) SEND.invokeExact(state, fd, message, message.byteSize(), 0));
    }

    /// `ssize_t recvfrom(int fd, void *buffer, size_t length, int flags, struct sockaddr *from, socklen_t
    /// *fromLength);`
    ///
    /// @param from room for the sender's address
    public static int receive(int fd, MemorySegment buffer, int flags, MemorySegment from) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) from.byteSize());
            return call(state ->
                    (int) (long) RECVFROM.invokeExact(state, fd, buffer, buffer.byteSize(), flags, from, length));
        }
    }

    /// `int setsockopt(int fd, int level, int name, const void *value, socklen_t length);`
    public static int setOption(int fd, int level, int name, MemorySegment value) {
        return call(state -> (int) SETSOCKOPT.invokeExact(state, fd, level, name, value, (int) value.byteSize()));
    }

    /// `int getsockopt(int fd, int level, int name, void *value, socklen_t *length);`
    public static int getOption(int fd, int level, int name, MemorySegment value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) value.byteSize());
            return call(state -> (int) GETSOCKOPT.invokeExact(state, fd, level, name, value, length));
        }
    }

    /// `int poll(struct pollfd *fds, nfds_t count, int timeout);`
    public static int poll(MemorySegment fds, long count, int timeoutMillis) {
        return call(state -> (int) POLL.invokeExact(state, fds, count, timeoutMillis));
    }

    /// `int eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);`
    public static int eventFd() {
        return call(state -> (int) EVENTFD.invokeExact(state, 0, EFD_CLOEXEC_NONBLOCK));
    }

    /// `int eventfd_write(int fd, 1);`
    public static int signal(int eventFd) {
        return call(state -> (int) EVENTFD_WRITE.invokeExact(state, eventFd, 1L));
    }

    /// `int setns(int fd, int type);` For the calling thread only.
    public static int setNamespace(int fd, int type) {
        return call(state -> (int) SETNS.invokeExact(state, fd, type));
    }

    /// `int open(const char *path, O_RDONLY | O_CLOEXEC);`
    public static int open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            return call(state -> (int) OPEN.invokeExact(state, name, O_RDONLY_CLOEXEC));
        }
    }

    /// `int fcntl(int fd, F_DUPFD_CLOEXEC, 3);`
    public static int duplicate(int fd) {
        return call(state -> (int) FCNTL.invokeExact(state, fd, F_DUPFD_CLOEXEC, 3));
    }

    /// `int close(int fd);` Not made again: Linux has released the descriptor whatever it returns.
    public static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    @FunctionalInterface
    private interface Call {
        int invoke(MemorySegment state) throws Throwable;
    }

    private static int call(Call call) {
        // FFM: errno is written into memory of this call alone, because threads may not share it.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            while (true) {
                int result = call.invoke(state);
                int errno = (int) ERRNO.get(state, 0L);
                if (result != -1 || errno != EINTR) {
                    return result == -1 ? -errno : result;
                }
            }
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private static MethodHandle bind(String function, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(function),
                FunctionDescriptor.of(result, parameters),
                Linker.Option.captureCallState("errno"));
    }
}
