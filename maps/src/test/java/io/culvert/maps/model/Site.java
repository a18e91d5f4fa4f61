// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.maps.AddressKey;
import io.culvert.maps.AddressRange.Meaning;
import io.culvert.maps.Device;
import io.culvert.maps.model.Network.Range;
import io.culvert.maps.model.Network.Route;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/// A network namespace whose devices and routes the model knows: one device of pods, two of the node.
final class Site implements AutoCloseable {

    static final int PODS = 10;
    static final int OUTER = 20;
    static final int INNER = 30;

    private static final AtomicInteger COUNT = new AtomicInteger();
    static final byte[] MAC = {2, 0, 0, 0, 0, 2};

    /// Of the routers that all other addresses are behind.
    static final byte[] ROUTER = {2, 0, 0, 0, 0, (byte) 0xfe};

    private static final IpAddress INNER4 = IpAddress.of("198.18.0.1");
    private static final IpAddress INNER6 = IpAddress.of("2001:db8:1::1");

    private static final List<String> COMMANDS = List.of(
            "link set lo up",
            "link add name pod0 index 10 address 02:00:00:00:00:02 type veth peer name pod0peer",
            "link add name eth0 index 20 address 02:00:00:00:00:02 type veth peer name eth0peer",
            "link add name eth1 index 30 address 02:00:00:00:00:02 type veth peer name eth1peer",
            "link set pod0peer up",
            "link set eth0peer up",
            "link set eth1peer up",
            "link set pod0 up",
            "link set eth0 up",
            "link set eth1 up",
            "addr add 192.0.2.1/24 dev eth0",
            "addr add 198.18.0.1/24 dev eth1",
            "addr add 2001:db8::1/64 dev eth0 nodad",
            "addr add 2001:db8:1::1/64 dev eth1 nodad",
            "neigh add 192.0.2.254 dev eth0 lladdr 02:00:00:00:00:fe nud permanent",
            "neigh add 198.18.0.254 dev eth1 lladdr 02:00:00:00:00:fe nud permanent",
            "neigh add 2001:db8::fe dev eth0 lladdr 02:00:00:00:00:fe nud permanent",
            "route add default via 192.0.2.254 dev eth0",
            "route add 10.1.0.0/24 dev pod0",
            "route add 10.1.1.0/24 via 192.0.2.254 dev eth0",
            "route add 10.1.2.0/24 via 198.18.0.254 dev eth1",
            "route add ::/0 via 2001:db8::fe dev eth0",
            "route add fd00:1::/64 dev pod0",
            "route add fd00:1:1::/64 via 2001:db8::fe dev eth0",
            // Nobody knows where these are: the stack has to ask.
            "route add fd00:1:2::/64 dev eth1");

    private static final Set<Site> OPEN = ConcurrentHashMap.newKeySet();

    static {
        // After Ctrl-C as well.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> List.copyOf(OPEN).forEach(Site::close), "remove sites"));
    }

    private final String name = "culvert-model-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();

    Site() {
        OPEN.add(this);
        ip(List.of("ip", "netns", "add", name), List.of());
        try {
            ip(List.of("ip", "-n", name, "-batch", "-"), COMMANDS);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /// Runs something on a thread within the namespace.
    <T> T call(Callable<T> action) throws ExecutionException, InterruptedException {
        return NetworkNamespace.call(Path.of("/run/netns", name), () -> {
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf/all/forwarding"), "1");
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/forwarding"), "1");
            return action.call();
        });
    }

    /// Frames to the routers of the first device carry its own address from now on.
    void nextHopIsThisDevice() {
        ip(
                List.of("ip", "-n", name, "-batch", "-"),
                List.of(
                        "neigh replace 192.0.2.254 dev eth0 lladdr 02:00:00:00:00:02 nud permanent",
                        "neigh replace 2001:db8::fe dev eth0 lladdr 02:00:00:00:00:02 nud permanent"));
    }

    /// What comes in by the second device goes back there from now on, wherever others would go.
    void routesBackFromTheInnerDevice() {
        ip(
                List.of("ip", "-n", name, "-batch", "-"),
                List.of(
                        "neigh add 2001:db8:1::fe dev eth1 lladdr 02:00:00:00:00:fe nud permanent",
                        "route add default via 198.18.0.254 dev eth1 table 100",
                        "route add ::/0 via 2001:db8:1::fe dev eth1 table 100",
                        "rule add iif eth1 lookup 100 pref 100"));
        ip(List.of("ip", "-6", "-n", name, "rule", "add", "iif", "eth1", "lookup", "100", "pref", "100"), List.of());
    }

    static boolean isOurMac(byte[] frame) {
        return Arrays.equals(frame, 0, MAC.length, MAC, 0, MAC.length);
    }

    /// Tells the model what this class has made.
    static void describe(Network network) {
        network.devices.put(PODS, new Device(IpAddress.UNSPECIFIED, IpAddress.UNSPECIFIED, true));
        network.devices.put(INNER, new Device(INNER4, INNER6, false));
        for (IpAddress address : List.of(Settings.NODE4, Settings.NODE6)) {
            network.nodeAddresses.put(address, AddressKey.NODE_PORTS);
        }
        network.nodeAddresses.put(INNER4, 0);
        network.nodeAddresses.put(INNER6, 0);
        route(network, 0, "192.0.2.1/32", "198.18.0.1/32", "2001:db8::1/128", "2001:db8:1::1/128");
        route(network, PODS, "10.1.0.0/24", "fd00:1::/64");
        route(network, OUTER, "0.0.0.0/0", "::/0");
        route(network, INNER, "10.1.2.0/24", "198.18.0.0/24", "fd00:1:2::/64", "2001:db8:1::/64");
        range(network, Set.of(Meaning.PODS), "10.1.0.0/16", "fd00:1::/32");
        range(network, Set.of(Meaning.CLUSTER_IPS, Meaning.DROP_UNALLOCATED), "10.96.0.0/16", "fd00:96::/32");
        range(network, Set.of(Meaning.CLUSTER_IPS), "10.97.0.0/24");
    }

    private static void route(Network network, int device, String... prefixes) {
        for (String prefix : prefixes) {
            network.routes.add(new Route(prefix(prefix), device));
        }
    }

    private static void range(Network network, Set<Meaning> meanings, String... prefixes) {
        for (String prefix : prefixes) {
            network.ranges.add(new Range(prefix(prefix), meanings));
        }
    }

    static IpPrefix prefix(String text) {
        return IpPrefix.parse(text).orElseThrow();
    }

    private static void ip(List<String> command, List<String> input) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var writer = process.outputWriter()) {
                for (String line : input) {
                    writer.write(line + "\n");
                }
            }
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed");
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        if (OPEN.remove(this)) {
            ip(List.of("ip", "netns", "del", name), List.of());
        }
    }
}
