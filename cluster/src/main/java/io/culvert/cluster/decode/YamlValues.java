// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// Reads the values of YAML documents, with types as YAML 1.1 sees them (as kubectl does). Anchors are understood;
/// merge keys are not.
public final class YamlValues {

    private static final Set<String> TRUE = Set.of("true", "yes", "on");

    /// What an anchored node became, so that a node with many aliases is turned once; empty while it is being turned.
    private final IdentityHashMap<Node, Optional<Value>> turned = new IdentityHashMap<>();

    private YamlValues() {}

    /// Reads all documents of a text; those that are empty are left out.
    ///
    /// @throws InvalidObjectException for text that is no YAML, or that no API object can be
    public static List<Value> read(String text) {
        LoaderOptions options = new LoaderOptions();
        // Large exports are fine, and there is nothing in YAML but aliases that grows; those have a limit of their own.
        options.setCodePointLimit(Integer.MAX_VALUE);
        try {
            List<Value> documents = new ArrayList<>();
            for (Node node : new Yaml(options).composeAll(new StringReader(text))) {
                Value value = new YamlValues().value(node);
                if (value != null) {
                    documents.add(value);
                }
            }
            return documents;
        } catch (MarkedYAMLException e) {
            String context = e.getContext() == null ? "" : e.getContext() + ", ";
            throw syntax(position(e.getProblemMark()), context + e.getProblem());
        } catch (YAMLException e) {
            throw syntax(new Position(1, 1), String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Value value(Node node) {
        Optional<Value> known = turned.get(node);
        if (known != null) {
            return known.orElseThrow(
                    () -> new InvalidObjectException(position(node), "an alias stands within its own anchor", ""));
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            case SequenceNode sequence -> remembered(node, () -> sequence(sequence));
            case MappingNode mapping -> remembered(node, () -> mapping(mapping));
            default -> throw new InvalidObjectException(position(node), "this is not understood", "write it out");
        };
    }

    private Value remembered(Node node, Supplier<Value> turn) {
        turned.put(node, Optional.empty());
        Value value = turn.get();
        turned.put(node, Optional.of(value));
        return value;
    }

    private static @Nullable Value scalar(ScalarNode node) {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.BOOL)) {
            return new Value.Flag(TRUE.contains(text.toLowerCase(Locale.ROOT)), position(node));
        }
        // 12:30 is a number to base 60 for YAML 1.1 and for nobody else.
        boolean number = tag.equals(Tag.INT) || tag.equals(Tag.FLOAT);
        return number && text.indexOf(':') < 0
                ? new Value.Numeral(text, position(node))
                : new Value.Text(text, position(node));
    }

    private Value sequence(SequenceNode node) {
        List<Value> items = new ArrayList<>(node.getValue().size());
        for (Node inner : node.getValue()) {
            Value item = value(inner);
            if (item == null) {
                throw Value.emptyEntry(position(inner));
            }
            items.add(item);
        }
        return new Value.Sequence(items, position(node));
    }

    private Value mapping(MappingNode node) {
        Map<String, Value> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Position position = position(tuple.getKeyNode());
            if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                throw new InvalidObjectException(
                        position, "a merge key (<<) is not understood", "write the fields out");
            }
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new InvalidObjectException(position, "the name of a field must be a string", "");
            }
            Value value = value(tuple.getValueNode());
            if (value != null && entries.put(key.getValue(), value) != null) {
                throw Value.duplicate(key.getValue(), position);
            }
        }
        return new Value.Mapping(entries, position(node));
    }

    private static Position position(Node node) {
        return position(node.getStartMark());
    }

    private static Position position(@Nullable Mark mark) {
        return mark == null ? new Position(1, 1) : new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static InvalidObjectException syntax(Position position, String reason) {
        return new InvalidObjectException(position, oneLine(reason), "correct the syntax");
    }

    /// Some of the parser's messages quote the character that it did not expect, a line end included.
    private static String oneLine(String text) {
        return text.replace("\n", "\\n").replace("\r", "\\r");
    }
}
