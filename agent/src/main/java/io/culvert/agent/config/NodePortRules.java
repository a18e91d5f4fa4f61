// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.agent.config.KubeProxyImport.Mode;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which addresses serve NodePorts: `nodePortAddresses` and `iptables.localhostNodePorts`, whose defaults depend on the
/// mode and are wider than Culvert's (services.md H-01, H-10).
final class NodePortRules {

    static final Set<String> FIELDS = Set.of("nodePortAddresses", "iptables.localhostNodePorts");

    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1").orElseThrow();
    private static final String NO_ROUTE_LOCALNET =
            "at connect(2) and without route_localnet, so that no neighbour can reach it; also on ::1";

    private NodePortRules() {}

    static void apply(KubeProxyImport in) {
        KubeProxyField field = in.field("nodePortAddresses");
        List<String> items = Arrays.stream(field.text().split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
        addresses(in, field, items);
        localhost(in, in.field("iptables.localhostNodePorts"), items);
    }

    private static void addresses(KubeProxyImport in, KubeProxyField field, List<String> items) {
        if (items.isEmpty()) {
            if (in.mode() != Mode.NFTABLES) {
                in.useButWarn(
                        field,
                        "all",
                        "as kube-proxy's default in this mode: every address of the node serves NodePorts; primary"
                                + " would be one of each family",
                        Setting.NODEPORT_ADDRESSES);
            }
        } else if (items.contains("all")) {
            in.use(field, "all", Setting.NODEPORT_ADDRESSES);
        } else {
            blocks(in, field, items);
        }
    }

    private static void blocks(KubeProxyImport in, KubeProxyField field, List<String> items) {
        List<String> blocks = new ArrayList<>();
        for (String item : items) {
            blocks.addAll(item.equals("localhost") ? List.of("127.0.0.0/8", "::1/128") : List.of(item));
        }
        boolean words = blocks.contains("primary");
        // kube-proxy takes a family without a block for one with all addresses.
        String missing = words || (has(blocks, IpFamily.IPV4) && has(blocks, IpFamily.IPV6))
                ? ""
                : has(blocks, IpFamily.IPV4) ? "::/0" : "0.0.0.0/0";
        if (missing.isEmpty()) {
            in.use(field, String.join(",", blocks), Setting.NODEPORT_ADDRESSES);
        } else {
            blocks.add(missing);
            in.useButWarn(
                    field,
                    String.join(",", blocks),
                    missing + " is added as kube-proxy does for the family without a block",
                    Setting.NODEPORT_ADDRESSES);
        }
    }

    private static boolean has(List<String> blocks, IpFamily family) {
        return blocks.stream()
                .map(IpPrefix::parse)
                .flatMap(Optional::stream)
                .anyMatch(block -> block.family() == family);
    }

    private static void localhost(KubeProxyImport in, KubeProxyField field, List<String> items) {
        switch (in.mode()) {
            case IPTABLES -> {
                if (field.text().equals("false") || !containsLoopback(items)) {
                    in.use(field, "false", Setting.LOCALHOST_NODEPORTS);
                } else {
                    in.useButWarn(field, "true", NO_ROUTE_LOCALNET, Setting.LOCALHOST_NODEPORTS);
                }
            }
            case NFTABLES -> {
                if (items.contains("localhost")) {
                    in.useButWarn(field, "true", "TCP and UDP; " + NO_ROUTE_LOCALNET, Setting.LOCALHOST_NODEPORTS);
                } else if (field.isSet()) {
                    in.ignore(field, "only the iptables mode has it");
                }
            }
            case IPVS -> {
                if (field.isSet()) {
                    in.ignore(field, "only the iptables mode has it");
                }
            }
        }
    }

    private static boolean containsLoopback(List<String> items) {
        return items.isEmpty()
                || items.contains("all")
                || items.contains("localhost")
                || (!items.contains("primary") && !has(items, IpFamily.IPV4))
                || items.stream()
                        .map(IpPrefix::parse)
                        .flatMap(Optional::stream)
                        .anyMatch(block -> block.contains(LOOPBACK));
    }
}
