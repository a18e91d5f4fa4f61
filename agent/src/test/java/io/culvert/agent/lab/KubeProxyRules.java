// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.LabNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Rules as kube-proxy and its neighbours have them, put into the namespace of a node: rules of others, and a Service
/// on port 80 with one endpoint, in the layouts of kube-proxy's modes.
///
/// @param files where rules are written on their way into the kernel
public record KubeProxyRules(LabNode node, Path files) {

    /// A Service of which kube-proxy knows no endpoint: it refuses.
    public static final String STALE_V4 = "10.96.0.99";

    public static final String STALE_V6 = "fd96::99";

    /// @param program `iptables-nft`, `ip6tables-legacy`, ...
    public void foreign(String program) {
        restore(program, resource("foreign.rules"));
    }

    public void iptablesMode(String program, String vip, IpAddress pod, int port) {
        boolean ipv6 = program.startsWith("ip6");
        restore(
                program,
                resource("iptables-mode.rules")
                        .replace("@VIP@", vip)
                        .replace("@STALE@", ipv6 ? STALE_V6 : STALE_V4)
                        .replace("@POD@", pod.toString())
                        .replace("@TARGET@", target(pod, port)));
    }

    public void nftablesMode(String vip, IpAddress pod, int port) {
        boolean ipv6 = pod.family() == IpFamily.IPV6;
        load(resource("nftables-mode.nft")
                .replace("@FAMILY@", ipv6 ? "ip6" : "ip")
                .replace("@L3@", ipv6 ? "ip6" : "ip")
                .replace("@ADDR@", ipv6 ? "ipv6_addr" : "ipv4_addr")
                .replace("@VIP@", vip)
                .replace("@TARGET@", target(pod, port)));
    }

    /// Loads a file of nft.
    public void load(String text) {
        node.exec("nft", "-f", write(text).toString()).orThrow();
    }

    /// Everything in netfilter, without the lines that tell the time and without counters, which neighbour discovery
    /// moves.
    public String everything() {
        String script = "for p in iptables-legacy iptables-nft ip6tables-legacy ip6tables-nft; do echo \"== $p\";"
                + " $p-save; done | grep -v '^#' | sed 's/\\[[0-9:]*\\]$//';"
                + " nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'";
        return node.exec("sh", "-c", script).orThrow();
    }

    private void restore(String program, String rules) {
        node.exec("sh", "-c", program + "-restore --noflush < " + write(rules)).orThrow();
    }

    private Path write(String text) {
        try {
            return Files.writeString(Files.createTempFile(files, "rules", ""), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(IpAddress pod, int port) {
        return pod.isV4() ? pod + ":" + port : "[" + pod + "]:" + port;
    }

    private static String resource(String name) {
        try (var stream = Objects.requireNonNull(KubeProxyRules.class.getResourceAsStream("/kube-proxy/" + name))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
