// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import io.culvert.cluster.Change;
import io.culvert.cluster.ClusterObject;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.Problem;
import io.culvert.cluster.decode.Decoded;
import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.DocumentName;
import io.culvert.cluster.manifest.ParsedFile.Located;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What all files say together: one object for each name, the first by path order, and what is wrong. Not for use by
/// several threads.
final class ManifestSet {

    private final NavigableMap<String, ParsedFile> files = new TreeMap<>();
    private Map<DocumentName, Located> objects = Map.of();
    private List<Problem> problems = List.of();

    /// Takes the new contents of a file, and what has to stay of the old.
    void put(String file, ParsedFile contents) {
        ParsedFile before = files.get(file);
        files.put(file, before == null ? contents : contents.keepingFrom(before));
    }

    void remove(String file) {
        files.remove(file);
    }

    int fileCount() {
        return files.size();
    }

    List<Problem> problems() {
        return problems;
    }

    long count(DocumentKind kind) {
        return objects.keySet().stream().filter(name -> name.kind() == kind).count();
    }

    /// Puts the files together, and returns the changes since the last call.
    List<Change> changes() {
        List<Problem> found = new ArrayList<>();
        Map<DocumentName, Located> merged = new LinkedHashMap<>();
        for (ParsedFile file : files.values()) {
            found.addAll(file.problems());
            file.objects().forEach((name, located) -> {
                Located first = merged.putIfAbsent(name, located);
                if (first != null) {
                    found.add(Problem.error(
                            located.place(),
                            name + ": is already at " + first.place() + ", which counts",
                            "remove one"));
                }
            });
        }
        found.addAll(strays(merged));
        List<Change> changes = difference(merged);
        objects = merged;
        problems = found;
        return changes;
    }

    private List<Change> difference(Map<DocumentName, Located> merged) {
        List<Change> changes = new ArrayList<>();
        merged.forEach((name, located) -> {
            ClusterObject object = wanted(located);
            if (object != null && !object.equals(wanted(objects.get(name)))) {
                changes.add(Change.put(object));
            }
        });
        objects.forEach((name, located) -> {
            ClusterObject object = wanted(located);
            if (object != null && wanted(merged.get(name)) == null) {
                changes.add(Change.remove(object.kind(), object.name()));
            }
        });
        return changes;
    }

    /// Slices whose Service is in no file. They are kept: it may come later.
    private static List<Problem> strays(Map<DocumentName, Located> merged) {
        List<Problem> strays = new ArrayList<>();
        merged.forEach((name, located) -> {
            if (wanted(located) instanceof EndpointSlice slice
                    && !merged.containsKey(new DocumentName(DocumentKind.SERVICE, slice.service()))) {
                strays.add(Problem.warning(
                        located.place(), name + ": no manifest has its Service " + slice.service(), "add the Service"));
            }
        });
        return strays;
    }

    private static @Nullable ClusterObject wanted(@Nullable Located located) {
        return located != null && located.decoded() instanceof Decoded.Wanted(DocumentName _, ClusterObject object)
                ? object
                : null;
    }
}
