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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A way to reach a server pod. Each has a node of its own in the same lab, so that
/// all are there at once and rounds can alternate between them.
enum Contender {
    /// The pod's address, on a node without any proxy.
    DIRECT("direct", "direct"),
    /// A Service served by this agent.
    CULVERT("culvert", "Culvert"),
    /// The same, whose packets go through the stack of the node.
    CULVERT_STACK("stack", "stack"),
    /// The same, whose packets are translated before the stack: generically, since all devices of a lab are veth pairs.
    CULVERT_XDP("xdp", "XDP"),
    /// A Service on another node's endpoints, which answer the client themselves.
    CULVERT_DSR("dsr", "DSR"),
    /// A Service translated by kube-proxy's nftables rules.
    NFTABLES("nftables", "nftables"),
    /// A Service translated by kube-proxy's iptables rules.
    IPTABLES("iptables", "iptables"),
    /// A Service translated by the kernel's IPVS, as kube-proxy sets it up. Only where the kernel has it: [Ipvs].
    IPVS("ipvs", "IPVS"),
    /// A Service translated by a kube-proxy that the user named.
    KUBE_PROXY("kubeproxy", "kube-proxy");

    private static final Duration READY = Duration.ofMinutes(2);

    private final String nodeName;
    private final String title;

    Contender(String nodeName, String title) {
        this.nodeName = nodeName;
        this.title = title;
    }

    /// What tables call it.
    String title() {
        return title;
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
    /// @param behind the node that all endpoints are on; may be the same
    /// @param culvert the launcher
    void prepare(LabNode node, LabNode behind, List<BenchService> services, Path culvert) {
        try {
            switch (this) {
                case DIRECT, KUBE_PROXY -> {}
                case CULVERT -> startAgent(node, behind, services, culvert, "--fast-path", "auto");
                case CULVERT_STACK -> startAgent(node, behind, services, culvert);
                case CULVERT_XDP -> startAgent(node, behind, services, culvert, "--xdp", "auto");
                case CULVERT_DSR -> {
                    List<BenchService> direct = services.stream()
                            .map(BenchService::answeredDirectly)
                            .toList();
                    startAgent(behind, behind, direct, culvert, node);
                    startAgent(node, behind, direct, culvert, behind);
                }
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
                case IPVS -> {
                    IpvsLayout layout = new IpvsLayout(services, node.podRange(IpFamily.IPV4));
                    load(node, layout.settings(), "sysctl", "-p");
                    load(node, layout.device(), "ip", "-batch");
                    load(node, layout.sets(), "ipset", "restore", "-file");
                    load(node, layout.rules(), "iptables-legacy-restore", "--noflush");
                    load(node, layout.servers(), "sh", "-c", "ipvsadm -R < \"$0\"");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("prepare " + nodeName, e);
        }
    }

    /// @param command what the name of a file with the rules is added to
    private static void load(LabNode node, String rules, String... command) throws IOException {
        Path file = Files.createTempFile("culvert-bench", ".rules");
        try {
            Files.writeString(file, rules);
            List<String> words = new ArrayList<>(List.of(command));
            words.add(file.toString());
            int status = node.start("rules", words).awaitExit(READY);
            if (status != 0) {
                throw new IllegalStateException(command[0] + " refused the rules, status " + status);
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void startAgent(
            LabNode node, LabNode behind, List<BenchService> services, Path culvert, String... options) {
        writeManifests(node, behind, services, LabObjects.node(node));
        LabAgent.start(node, culvert, options);
    }

    /// @param other another node that this one knows
    private static void startAgent(
            LabNode node, LabNode behind, List<BenchService> services, Path culvert, LabNode other) {
        writeManifests(node, behind, services, LabObjects.node(node) + "---\n" + LabObjects.node(other));
        LabAgent.start(node, culvert);
    }

    private static void writeManifests(LabNode node, LabNode behind, List<BenchService> services, String nodes) {
        StringBuilder objects = new StringBuilder(nodes);
        for (LabPod pod : node.pods()) {
            objects.append("---\n").append(LabObjects.pod(pod, Map.of()));
        }
        node.writeManifest("node.yaml", objects.toString());
        for (BenchService service : services) {
            node.writeManifest(service.name() + ".yaml", service.manifest(behind.name()));
        }
    }
}
