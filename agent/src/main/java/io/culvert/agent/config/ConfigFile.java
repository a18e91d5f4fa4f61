// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// What a configuration file says: one YAML mapping from keys of [Setting] to values, or a KubeProxyConfiguration.
///
/// @param mistakes one line each, with file and line
/// @param imported what becomes of each field of a KubeProxyConfiguration; empty for a file of our own
public record ConfigFile(Map<Setting<?>, Given> values, List<String> mistakes, List<ImportedField> imported) {

    /// No file: nothing is set.
    public static final ConfigFile NONE = new ConfigFile(Map.of(), List.of(), List.of());

    /// @throws ConfigException if the file cannot be read or is not YAML
    public static ConfigFile read(Path path) {
        try {
            return parse(path.toString(), Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new ConfigException(List.of("read " + path + ": No such file or directory (ENOENT); check --config"));
        } catch (IOException e) {
            throw new ConfigException(List.of("read " + path + ": " + e.getMessage() + "; check --config"));
        }
    }

    static ConfigFile parse(String name, String text) {
        Node root = compose(name, text);
        if (root == null) {
            return NONE;
        }
        if (!(root instanceof MappingNode mapping)) {
            throw new ConfigException(
                    List.of(at(name, root) + ": the file is not a mapping; write lines of the form key: value"));
        }
        if (KubeProxyFile.isOne(mapping)) {
            return KubeProxyFile.read(name, mapping);
        }
        List<String> mistaken = KubeProxyFile.mistakenFor(name, mapping);
        if (!mistaken.isEmpty()) {
            throw new ConfigException(mistaken);
        }
        Map<Setting<?>, Given> values = new HashMap<>();
        List<String> mistakes = new ArrayList<>();
        for (NodeTuple entry : mapping.getValue()) {
            read(name, entry, values, mistakes);
        }
        return new ConfigFile(Map.copyOf(values), List.copyOf(mistakes), List.of());
    }

    private static void read(String name, NodeTuple entry, Map<Setting<?>, Given> values, List<String> mistakes) {
        String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
        String where = at(name, entry.getKeyNode());
        Optional<Setting<?>> setting = Setting.ofKey(key);
        if (setting.isEmpty()) {
            mistakes.add(where + ": " + key + " is not a setting; " + suggestion(key));
            return;
        }
        Optional<String> value = text(entry.getValueNode(), setting.get().type().many());
        if (value.isEmpty()) {
            mistakes.add(where + ": " + key + ": " + shape(entry.getValueNode()) + " is not a value for it; write "
                    + setting.get().type().wanted());
        } else if (values.put(setting.get(), new Given(value.get(), where)) != null) {
            mistakes.add(where + ": " + key + " is there twice; keep one of them");
        }
    }

    private static String suggestion(String key) {
        List<String> keys = Setting.all().stream().map(Setting::key).toList();
        return Spelling.nearest(key.replace('_', '-'), keys)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("culvert agent --help lists them all");
    }

    /// The text of a scalar, or of a list of scalars joined by commas.
    static Optional<String> text(Node node, boolean many) {
        if (node instanceof ScalarNode scalar) {
            return Optional.of(scalar.getValue());
        }
        if (many
                && node instanceof SequenceNode list
                && list.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
            return Optional.of(list.getValue().stream()
                    .map(item -> ((ScalarNode) item).getValue())
                    .collect(Collectors.joining(",")));
        }
        return Optional.empty();
    }

    static String shape(Node node) {
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }

    static String at(String name, Node node) {
        return name + ":" + (node.getStartMark().getLine() + 1);
    }

    private static @Nullable Node compose(String name, String text) {
        try {
            return new Yaml(new LoaderOptions()).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new ConfigException(List.of(name + ":" + line + ": not YAML: " + e.getProblem()
                    + "; check quotes and indentation of this line and the one before"));
        } catch (YAMLException e) {
            throw new ConfigException(List.of(name + ":1: not YAML: " + e.getMessage() + "; check the file"));
        }
    }
}
