// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.netlink.NetworkNamespace;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/// A network namespace with a device whose next hop has its own hardware address: what a program sends on comes to it
/// again, as far as test runs go.
final class PacketSite implements Closeable {

    static final int DEVICE = 20;
    /// The first of four more devices, for programs that only measure.
    static final int OTHER_DEVICE = 31;

    static final String NODE4 = "192.0.2.1";
    static final String NODE6 = "2001:db8::1";
    static final long MAC = 0x020000000002L;

    private static final String COMMANDS = """
            link set lo up
            link add name eth0 index 20 address 02:00:00:00:00:02 type veth peer name eth0peer
            link add name part1 index 31 type veth peer name part1peer
            link add name part2 index 32 type veth peer name part2peer
            link add name part3 index 33 type veth peer name part3peer
            link add name part4 index 34 type veth peer name part4peer
            link set eth0peer up
            link set eth0 up
            addr add 192.0.2.1/24 dev eth0
            addr add 2001:db8::1/64 dev eth0 nodad
            neigh add 192.0.2.254 dev eth0 lladdr 02:00:00:00:00:02 nud permanent
            neigh add 2001:db8::fe dev eth0 lladdr 02:00:00:00:00:02 nud permanent
            route add default via 192.0.2.254 dev eth0
            route add ::/0 via 2001:db8::fe dev eth0
            """;

    private final String name = "culvert-bench-" + ProcessHandle.current().pid();

    PacketSite() throws IOException, InterruptedException {
        ip(List.of("ip", "netns", "add", name), "");
        try {
            ip(List.of("ip", "-n", name, "-batch", "-"), COMMANDS);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /// Runs something on a thread within the namespace, which forwards packets.
    <T> T call(Callable<T> action) throws Exception {
        return NetworkNamespace.call(Path.of("/run/netns", name), () -> {
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf/all/forwarding"), "1");
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/forwarding"), "1");
            return action.call();
        });
    }

    private static void ip(List<String> command, String input) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        try (var writer = process.outputWriter()) {
            writer.write(input);
        }
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    @Override
    public void close() throws IOException {
        try {
            ip(List.of("ip", "netns", "del", name), "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
