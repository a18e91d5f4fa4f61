// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.netlink.Link;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.loader.netlink.Rtnetlink;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/// Two network namespaces, a host and a pod, with a veth between them, for one test. Programs go to the host's end,
/// which is called `host0`.
final class VethPair implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String HOST = "10.98.0.1";
    private static final String POD = "10.98.0.2";

    private final String id = ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    private final String host = "culvert-ld-host-" + id;
    private final String pod = "culvert-ld-pod-" + id;

    VethPair() {
        Commands.run("ip netns add " + host);
        Commands.run("ip netns add " + pod);
        Commands.run("ip -n " + host + " link add host0 type veth peer name pod0 netns " + pod);
        Commands.run("ip -n " + host + " address add " + HOST + "/24 dev host0");
        Commands.run("ip -n " + pod + " address add " + POD + "/24 dev pod0");
        Commands.run("ip -n " + host + " link set lo up");
        Commands.run("ip -n " + host + " link set host0 up");
        Commands.run("ip -n " + pod + " link set pod0 up");
    }

    /// Index of the host's end.
    int ifindex() {
        return ifindex("host0");
    }

    /// Index of an interface of the host's namespace.
    int ifindex(String name) {
        return onHost(() -> Rtnetlink.links().stream()
                .filter(link -> link.name().equals(name))
                .mapToInt(Link::index)
                .findFirst()
                .orElseThrow());
    }

    /// What `tc` with these words says in the host's namespace.
    String tc(String words) {
        // tc -n would hide the BPF file system behind a new /sys.
        return Commands.run("nsenter --net=/run/netns/" + host + " tc " + words);
    }

    /// Runs `ip` with these words in the host's namespace.
    void ip(String words) {
        Commands.run("ip -n " + host + " " + words);
    }

    /// Runs `action` in the host's namespace.
    <T> T onHost(Callable<T> action) {
        return in(host, action);
    }

    private static <T> T in(String namespace, Callable<T> action) {
        try {
            return NetworkNamespace.call(Path.of("/run/netns", namespace), action);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Sends a datagram from the pod to the host; when it returns, every program on the way has run.
    void sendToHost() {
        send(pod, host, HOST);
    }

    /// Sends a datagram from the host to the pod.
    void sendToPod() {
        send(host, pod, POD);
    }

    private static void send(String from, String to, String address) {
        try (DatagramSocket receiver = in(to, () -> new DatagramSocket(new InetSocketAddress(address, 0)));
                DatagramSocket sender = in(from, () -> new DatagramSocket())) {
            receiver.setSoTimeout(5000);
            sender.send(new DatagramPacket(new byte[] {1}, 1, InetAddress.getByName(address), receiver.getLocalPort()));
            receiver.receive(new DatagramPacket(new byte[1], 1));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Removes the interfaces at once; the kernel would do so some time after the namespaces are gone.
    void removeInterface() {
        Commands.run("ip -n " + host + " link del host0");
    }

    @Override
    public void close() {
        Commands.run("ip netns del " + host);
        Commands.run("ip netns del " + pod);
    }
}
