// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import io.culvert.loader.Errno;
import io.culvert.loader.internal.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The network namespaces of network_namespaces(7).
public final class NetworkNamespace {

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_NETNS_COOKIE = 71;
    private static final int CLONE_NEWNET = 0x40000000;

    private NetworkNamespace() {}

    /// The number that the kernel gave the namespace of the calling thread: unique until the next boot, and the same
    /// that an eBPF program gets from `bpf_get_netns_cookie` (socket option `SO_NETNS_COOKIE`, Linux 5.14).
    public static long currentCookie() {
        int fd = check(SystemCalls.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0), "open a socket");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cookie = arena.allocate(ValueLayout.JAVA_LONG);
            check(
                    SystemCalls.getOption(fd, SOL_SOCKET, SO_NETNS_COOKIE, cookie),
                    "read the cookie of the network namespace");
            return cookie.get(ValueLayout.JAVA_LONG, 0);
        } finally {
            SystemCalls.close(fd);
        }
    }

    /// Runs `action` in another namespace, on a thread of its own that ends with it, so that no thread is left in a
    /// namespace where nobody expects it.
    ///
    /// @param namespace for example `/run/netns/pod` or `/proc/123/ns/net`
    /// @throws NetlinkException if the namespace cannot be entered (it needs CAP_SYS_ADMIN)
    /// @throws ExecutionException with what `action` threw
    public static <T> T call(Path namespace, Callable<T> action) throws ExecutionException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(() -> {
            enter(namespace);
            return action.call();
        });
        Thread.ofPlatform().daemon().name("in " + namespace).start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NetlinkException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private static void enter(Path namespace) {
        int fd = check(SystemCalls.open(namespace), "open the network namespace " + namespace);
        try {
            check(SystemCalls.setNamespace(fd, CLONE_NEWNET), "enter the network namespace " + namespace);
        } finally {
            SystemCalls.close(fd);
        }
    }

    private static int check(int result, String operation) {
        if (result < 0) {
            throw NetlinkException.of(operation, Errno.of(-result));
        }
        return result;
    }
}
