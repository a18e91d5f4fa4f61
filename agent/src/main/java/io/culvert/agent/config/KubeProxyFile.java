// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/// A KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1), as settings and a report on each of its fields.
/// [KubeProxyRules] says what each means here.
final class KubeProxyFile {

    private static final String API_VERSION = "kubeproxy.config.k8s.io/v1alpha1";

    private KubeProxyFile() {}

    static boolean isOne(MappingNode root) {
        return "KubeProxyConfiguration".equals(scalar(root, "kind"));
    }

    /// kube-proxy's file mostly lives in a ConfigMap; what to do with that whole object, or empty if it is none.
    static List<String> mistakenFor(String name, MappingNode root) {
        return "ConfigMap".equals(scalar(root, "kind"))
                ? List.of(ConfigFile.at(name, root) + ": this is the ConfigMap around the configuration; write the file"
                        + " in it: kubectl -n kube-system get configmap kube-proxy -o jsonpath='{.data.config\\.conf}'")
                : List.of();
    }

    static ConfigFile read(String name, MappingNode root) {
        List<String> mistakes = new ArrayList<>();
        String version = scalar(root, "apiVersion");
        if (!API_VERSION.equals(version)) {
            mistakes.add(ConfigFile.at(name, root) + ": KubeProxyConfiguration has apiVersion " + version
                    + ", which is not known; write " + API_VERSION);
        }
        Map<String, KubeProxyField> fields = new LinkedHashMap<>();
        flatten(name, "", root, fields, mistakes);
        KubeProxyImport imported = new KubeProxyImport(ConfigFile.at(name, root), fields);
        KubeProxyRules.apply(imported);
        mistakes.addAll(imported.mistakes());
        return new ConfigFile(imported.values(), List.copyOf(mistakes), imported.report());
    }

    /// Paths of all fields with a value, in the order of the file.
    private static void flatten(
            String name,
            String prefix,
            MappingNode mapping,
            Map<String, KubeProxyField> fields,
            List<String> mistakes) {
        for (NodeTuple entry : mapping.getValue()) {
            String path = prefix + (entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?");
            String where = ConfigFile.at(name, entry.getKeyNode());
            if (entry.getValueNode() instanceof MappingNode inner) {
                flatten(name, path + ".", inner, fields, mistakes);
                continue;
            }
            ConfigFile.text(entry.getValueNode(), true)
                    .ifPresentOrElse(
                            text -> fields.put(path, new KubeProxyField(where, path, text.strip())),
                            () -> mistakes.add(where + ": " + path + ": a list of lists or mappings is not a value for"
                                    + " it; write a list of words"));
        }
    }

    private static @Nullable String scalar(MappingNode root, String key) {
        for (NodeTuple entry : root.getValue()) {
            Node value = entry.getValueNode();
            if (entry.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key)) {
                return value instanceof ScalarNode scalar ? scalar.getValue() : null;
            }
        }
        return null;
    }
}
