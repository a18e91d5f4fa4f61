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

/// A way to reach a server pod. Each has a node of its own in the same lab, so that
/// all are there at once and rounds can alternate between them.
enum Contender {
    /// The pod's address, on a node without any proxy.
    DIRECT("direct"),
    /// A Service served by this agent.
    CULVERT("culvert"),
    /// The same, whose packets go through the stack of the node.
    CULVERT_STACK("stack"),
    /// A Service translated by kube-proxy's nftables rules.
    NFTABLES("nftables"),
    /// A Service translated by kube-proxy's iptables rules.
    IPTABLES("iptables"),
    /// A Service translated by a kube-proxy that the user named.
    KUBE_PROXY("kubeproxy");

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
    /// @param endpointNode the node that all endpoints are on
    /// @param culvert the launcher
    void prepare(LabNode node, String endpointNode, List<BenchService> services, Path culvert) {
        try {
            switch (this) {
                case DIRECT, KUBE_PROXY -> {}
                case CULVERT -> startAgent(node, endpointNode, services, culvert, "--fast-path", "auto");
                case CULVERT_STACK -> startAgent(node, endpointNode, services, culvert);
                case NFTABLES -> {
                    IpFamily family = services.getFirst().clusterIp().family();
                    for (String rules : NftablesLayout.of(services, node.podRange(family), node.ip(family))) {
                        load(node, rules, "nft", "-f");
                    }
                }
                case IPTABLES -> {
                    String clusterCidr = node.podRange(IpFamily.IPV4);
                    load(node, IptablesLayout.of(services, clusterCidr), "iptables-legacy-restore", "--noflush");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("prepare " + nodeName, e);
        }
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

    private static void startAgent(
            LabNode node, String endpointNode, List<BenchService> services, Path culvert, String... options) {
        StringBuilder objects = new StringBuilder(LabObjects.node(node));
        for (LabPod pod : node.pods()) {
            objects.append("---\n").append(LabObjects.pod(pod, Map.of()));
        }
        node.writeManifest("node.yaml", objects.toString());
        for (BenchService service : services) {
            node.writeManifest(service.name() + ".yaml", service.manifest(endpointNode));
        }
        LabAgent.start(node, culvert, options);
    }
}
