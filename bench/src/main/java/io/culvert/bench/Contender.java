// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A way to reach the server pod from the client pod of one node. Each has a node of its own in the same lab, so that
/// all are there at once and rounds can alternate between them.
enum Contender {
    /// The pod's address, on a node without any proxy.
    DIRECT("direct"),
    /// A ClusterIP translated by sock_lb of this agent.
    CULVERT("culvert"),
    /// A ClusterIP translated by kube-proxy's nftables rules.
    NFTABLES("nftables"),
    /// A ClusterIP translated by kube-proxy's iptables rules.
    IPTABLES("iptables");

    private static final Duration READY = Duration.ofMinutes(2);

    private final String nodeName;

    Contender(String nodeName) {
        this.nodeName = nodeName;
    }

    String nodeName() {
        return nodeName;
    }

    String clientName() {
        return nodeName + "-client";
    }

    String serverName() {
        return nodeName + "-server";
    }

    /// Programs the node.
    ///
    /// @param culvert the launcher
    void prepare(LabNode node, List<BenchService> services, Path culvert) {
        try {
            switch (this) {
                case DIRECT -> {}
                case CULVERT -> startAgent(node, services, culvert);
                case NFTABLES -> load(node, NftablesLayout.of(services, clusterCidr(node)), "nft", "-f");
                case IPTABLES ->
                    load(node, IptablesLayout.of(services, clusterCidr(node)), "iptables-legacy-restore", "--noflush");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("prepare " + nodeName, e);
        }
    }

    private static String clusterCidr(LabNode node) {
        return node.podRange(IpFamily.IPV4);
    }

    private static void load(LabNode node, String rules, String... command) throws IOException {
        Path file = Files.createTempFile("culvert-bench", ".rules");
        try {
            Files.writeString(file, rules);
            int status = node.start("rules", List.of(command[0], command[1], file.toString()))
                    .awaitExit(READY);
            if (status != 0) {
                throw new IllegalStateException(command[0] + " refused the rules, status " + status);
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void startAgent(LabNode node, List<BenchService> services, Path culvert) {
        StringBuilder objects = new StringBuilder(LabObjects.node(node));
        for (LabPod pod : node.pods()) {
            objects.append("---\n").append(LabObjects.pod(pod, Map.of()));
        }
        node.writeManifest("node.yaml", objects.toString());
        for (BenchService service : services) {
            node.writeManifest(service.name() + ".yaml", service.manifest(node.name()));
        }
        node.start(
                        "agent",
                        List.of(
                                culvert.toString(),
                                "agent",
                                "--node-name",
                                node.name(),
                                "--manifests",
                                node.manifests().toString(),
                                "--cgroup-root",
                                node.cgroupRoot().toString(),
                                "--bpffs",
                                node.bpffs().toString(),
                                "--run-dir",
                                node.runDir().toString()))
                .awaitLine("(?m)^ready: ", READY);
    }
}
