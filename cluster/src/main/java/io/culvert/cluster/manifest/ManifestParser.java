// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.culvert.cluster.Problem;
import io.culvert.cluster.decode.BadEntries;
import io.culvert.cluster.decode.Decoded;
import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.DocumentName;
import io.culvert.cluster.decode.InvalidObjectException;
import io.culvert.cluster.decode.JsonValues;
import io.culvert.cluster.decode.ObjectDecoder;
import io.culvert.cluster.decode.Position;
import io.culvert.cluster.decode.Value;
import io.culvert.cluster.decode.YamlValues;
import io.culvert.cluster.manifest.ParsedFile.Located;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Reads one file. Each document is taken whole or not at all; a List is one document.
final class ManifestParser {

    private static final JsonFactory JSON = new JsonFactory();

    private final List<InvalidObjectException> leftOut = new ArrayList<>();
    private final ObjectDecoder decoder = new ObjectDecoder(BadEntries.refusing(leftOut::add));
    private final String file;
    private final Map<DocumentName, Located> objects = new LinkedHashMap<>();
    private final Map<DocumentName, Value.Mapping> values = new LinkedHashMap<>();
    private final boolean keepsValues;
    private final Set<DocumentName> broken = new HashSet<>();
    private final List<Problem> problems = new ArrayList<>();
    private boolean nameless;

    private ManifestParser(String file, boolean keepsValues) {
        this.file = file;
        this.keepsValues = keepsValues;
    }

    /// @param file the name for messages; one that ends in `.json` is JSON, any other YAML
    static ParsedFile parse(String file, String text) {
        ManifestParser parser = new ManifestParser(file, false);
        parser.parse(text);
        return new ParsedFile(parser.objects, parser.broken, parser.nameless, parser.problems);
    }

    /// The values of the objects that [#parse(String, String)] finds good.
    static Map<DocumentName, Value.Mapping> values(String file, String text) {
        ManifestParser parser = new ManifestParser(file, true);
        parser.parse(text);
        return parser.values;
    }

    static boolean isJson(String file) {
        return file.endsWith(".json");
    }

    private void parse(String text) {
        if (isJson(file)) {
            parse(new DocumentText(text, 0), ManifestParser::json);
        } else {
            DocumentText.split(text).forEach(document -> parse(document, YamlValues::read));
        }
    }

    private void parse(DocumentText document, Function<String, List<Value>> reader) {
        try {
            reader.apply(document.text()).forEach(value -> document(value, document));
        } catch (InvalidObjectException e) {
            nameless = true;
            report(document, e, "");
        }
    }

    private static List<Value> json(String text) {
        List<Value> values = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(text)) {
            while (parser.nextToken() != null) {
                Value value = new JsonValues(parser).read();
                if (value != null) {
                    values.add(value);
                }
            }
            return values;
        } catch (JsonProcessingException e) {
            JsonLocation location = e.getLocation();
            Position position =
                    location == null ? new Position(1, 1) : new Position(location.getLineNr(), location.getColumnNr());
            String reason = e.getOriginalMessage().lines().findFirst().orElse("no JSON");
            throw new InvalidObjectException(position, reason, "correct the syntax");
        } catch (IOException e) {
            throw new AssertionError("a string is read without input and output", e);
        }
    }

    private void document(Value value, DocumentText document) {
        if (!(value instanceof Value.Mapping mapping)) {
            nameless = true;
            report(
                    document,
                    new InvalidObjectException(
                            value.position(), "an object must be a mapping, not " + value.typeName(), ""),
                    "");
            return;
        }
        List<Value.Mapping> parts = new ArrayList<>();
        Map<DocumentName, Located> decoded = new LinkedHashMap<>();
        boolean good = parts(mapping, document, parts);
        for (Value.Mapping part : parts) {
            good &= decode(part, document, decoded);
        }
        if (good) {
            decoded.forEach(this::add);
            parts.stream().filter(_ -> keepsValues).forEach(this::addValue);
        } else {
            broken.addAll(decoded.keySet());
        }
    }

    /// The objects of a document: itself, or the items of a List. Returns whether there is nothing wrong so far.
    private boolean parts(Value.Mapping mapping, DocumentText document, List<Value.Mapping> parts) {
        try {
            if (ObjectDecoder.kind(mapping) == DocumentKind.LIST) {
                parts.addAll(ObjectDecoder.items(mapping));
            } else {
                parts.add(mapping);
            }
            return true;
        } catch (InvalidObjectException e) {
            nameless = true;
            report(document, e, "");
            return false;
        }
    }

    /// Decodes one object, and notes what is wrong with it. Returns whether nothing is.
    private boolean decode(Value.Mapping mapping, DocumentText document, Map<DocumentName, Located> decoded) {
        DocumentName name = null;
        leftOut.clear();
        try {
            DocumentKind kind = ObjectDecoder.kind(mapping);
            name = ObjectDecoder.name(kind, mapping);
            Decoded object = decoder.decode(kind, mapping);
            Located twin = decoded.putIfAbsent(name, new Located(object, place(document, mapping.position())));
            if (twin != null) {
                throw new InvalidObjectException(
                        mapping.position(), "is in this List already, at " + twin.place(), "remove one");
            }
            String subject = name + ": ";
            leftOut.forEach(entry -> problems.add(Problem.warning(
                    place(document, entry.position()), subject + entry.reason() + ", and is left out", "correct it")));
            return true;
        } catch (InvalidObjectException e) {
            if (name == null) {
                nameless = true;
            } else {
                broken.add(name);
            }
            report(document, e, name == null ? "" : name + ": ");
            return false;
        }
    }

    private void add(DocumentName name, Located located) {
        Located twin = objects.putIfAbsent(name, located);
        if (twin != null) {
            problems.add(Problem.error(located.place(), name + ": is already at " + twin.place(), "remove one"));
        }
    }

    private void addValue(Value.Mapping part) {
        values.putIfAbsent(ObjectDecoder.name(ObjectDecoder.kind(part), part), part);
    }

    private void report(DocumentText document, InvalidObjectException e, String about) {
        problems.add(Problem.error(place(document, e.position()), about + e.reason(), e.remedy()));
    }

    private String place(DocumentText document, Position position) {
        return file + ":" + new Position(document.linesBefore() + position.line(), position.column());
    }
}
