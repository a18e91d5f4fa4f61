// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// A KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1): what of it applies here, as settings. The rest is
/// reported as unused, because a cluster's file is full of fields for iptables and IPVS.
final class KubeProxyFile {

    private static final String API_VERSION = "kubeproxy.config.k8s.io/v1alpha1";

    private static final Map<String, Setting<?>> FIELDS = Map.ofEntries(
            Map.entry("hostnameOverride", Setting.NODE_NAME),
            Map.entry("clientConnection.kubeconfig", Setting.KUBECONFIG),
            Map.entry("healthzBindAddress", Setting.HEALTHZ),
            Map.entry("metricsBindAddress", Setting.METRICS),
            Map.entry("clusterCIDR", Setting.CLUSTER_CIDR),
            Map.entry("nodePortAddresses", Setting.NODEPORT_ADDRESSES),
            Map.entry("iptables.masqueradeAll", Setting.MASQUERADE_ALL),
            Map.entry("nftables.masqueradeAll", Setting.MASQUERADE_ALL));

    /// Ports that kube-proxy adds to an address without one.
    private static final Map<Setting<?>, String> PORTS = Map.of(Setting.HEALTHZ, "10256", Setting.METRICS, "10249");

    private static final Set<String> ENVELOPE = Set.of("apiVersion", "kind");

    private final String name;
    private final Map<Setting<?>, Given> values = new HashMap<>();
    private final List<String> mistakes = new ArrayList<>();
    private final List<String> unused = new ArrayList<>();

    private KubeProxyFile(String name) {
        this.name = name;
    }

    static boolean isOne(MappingNode root) {
        return "KubeProxyConfiguration".equals(scalar(root, "kind"));
    }

    static ConfigFile read(String name, MappingNode root) {
        KubeProxyFile file = new KubeProxyFile(name);
        String version = scalar(root, "apiVersion");
        if (!API_VERSION.equals(version)) {
            file.mistakes.add(ConfigFile.at(name, root) + ": KubeProxyConfiguration has apiVersion " + version
                    + ", which is not known; write " + API_VERSION);
        }
        file.walk("", root);
        return new ConfigFile(Map.copyOf(file.values), List.copyOf(file.mistakes), List.copyOf(file.unused));
    }

    private void walk(String prefix, MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            String field = prefix + (entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?");
            Setting<?> setting = FIELDS.get(field);
            if (setting != null) {
                take(field, setting, entry);
            } else if (entry.getValueNode() instanceof MappingNode inner) {
                walk(field + ".", inner);
            } else if (!ENVELOPE.contains(field) && !isUnset(entry.getValueNode())) {
                unused.add(ConfigFile.at(name, entry.getKeyNode()) + ": " + field + " has no meaning for Culvert");
            }
        }
    }

    private void take(String field, Setting<?> setting, NodeTuple entry) {
        String where = ConfigFile.at(name, entry.getKeyNode()) + ": " + field;
        Optional<String> text =
                ConfigFile.text(entry.getValueNode(), setting.type().many());
        if (text.isEmpty() && !isUnset(entry.getValueNode())) {
            mistakes.add(where + ": " + ConfigFile.shape(entry.getValueNode()) + " is not a value for it; write "
                    + setting.type().wanted());
        }
        text.filter(value -> !isUnset(entry.getValueNode()))
                .map(value -> withPort(setting, value))
                .ifPresent(value -> values.putIfAbsent(setting, new Given(value, where)));
    }

    private static String withPort(Setting<?> setting, String value) {
        String port = PORTS.get(setting);
        boolean hasPort = value.startsWith("[")
                ? value.contains("]:")
                : value.indexOf(':') == value.lastIndexOf(':') && value.contains(":");
        return port == null || hasPort ? value : (value.contains(":") ? "[" + value + "]" : value) + ":" + port;
    }

    /// kube-proxy's files spell out every field; empty, null and zero mean its default.
    private static boolean isUnset(Node node) {
        return switch (node) {
            case ScalarNode scalar ->
                Set.of("", "null", "~", "0", "0s", "false").contains(scalar.getValue());
            case SequenceNode list -> list.getValue().isEmpty();
            default -> false;
        };
    }

    private static @Nullable String scalar(MappingNode root, String key) {
        return root.getValue().stream()
                .filter(entry -> entry.getKeyNode() instanceof ScalarNode scalar
                        && scalar.getValue().equals(key))
                .map(NodeTuple::getValueNode)
                .filter(ScalarNode.class::isInstance)
                .map(node -> ((ScalarNode) node).getValue())
                .findFirst()
                .orElse(null);
    }
}
