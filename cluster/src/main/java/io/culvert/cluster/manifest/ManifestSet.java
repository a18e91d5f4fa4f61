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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What all files say together: one object for each name, the first by path order, and what is wrong. A changed file
/// costs what is in it, however many others there are. Not for use by several threads.
final class ManifestSet {

    private final NavigableMap<String, ParsedFile> files = new TreeMap<>();
    /// By name, the files that have it, in path order. The first one counts.
    private final Map<DocumentName, NavigableMap<String, Located>> claims = new HashMap<>();
    private final Map<DocumentName, List<ClusterObject>> told = new HashMap<>();
    private final Map<DocumentKind, Integer> counts = new EnumMap<>(DocumentKind.class);
    private final StraySlices strays = new StraySlices();
    private final Set<DocumentName> touched = new LinkedHashSet<>();
    private final Set<String> faulty = new TreeSet<>();
    private final Set<DocumentName> contested = new LinkedHashSet<>();

    /// Takes the new contents of a file, and what has to stay of the old. Returns the names that count now.
    Set<DocumentName> put(String file, ParsedFile contents) {
        ParsedFile before = files.get(file);
        ParsedFile kept = before == null ? contents : contents.keepingFrom(before);
        forget(file, before);
        files.put(file, kept);
        kept.objects().forEach((name, located) -> claim(name, file, located));
        if (!kept.problems().isEmpty()) {
            faulty.add(file);
        }
        return kept.objects().keySet();
    }

    void remove(String file) {
        forget(file, files.remove(file));
    }

    int fileCount() {
        return files.size();
    }

    int count(DocumentKind kind) {
        return counts.getOrDefault(kind, 0);
    }

    /// The changes since the last call.
    List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        for (DocumentName name : touched) {
            List<ClusterObject> objects = wanted(first(name));
            List<ClusterObject> before = objects.isEmpty() ? told.remove(name) : told.put(name, objects);
            strays.note(name, slice(objects), claims.containsKey(name));
            if (objects.isEmpty() && before != null) {
                changes.add(Change.remove(
                        before.getFirst().kind(), before.getFirst().objectName()));
            } else if (!objects.equals(before)) {
                objects.forEach(object -> changes.add(Change.put(object)));
            }
        }
        touched.clear();
        return changes;
    }

    /// What is wrong with the files, with names that several have, and with slices whose Service is in no file.
    List<Problem> problems() {
        List<Problem> found = new ArrayList<>();
        faulty.forEach(file -> found.addAll(parsed(file).problems()));
        contested.forEach(name -> {
            List<Located> all = List.copyOf(claimsOf(name).values());
            all.stream()
                    .skip(1)
                    .map(loser -> Problem.error(
                            loser.place(),
                            name + ": is already at " + all.getFirst().place() + ", which counts",
                            "remove one"))
                    .forEach(found::add);
        });
        strays.forEach((name, slice) -> found.add(Problem.warning(
                claimsOf(name).firstEntry().getValue().place(),
                name + ": no manifest has its Service " + slice.service(),
                "add the Service")));
        return found;
    }

    private void forget(String file, @Nullable ParsedFile contents) {
        if (contents != null) {
            contents.objects().keySet().forEach(name -> withdraw(name, file));
            faulty.remove(file);
        }
    }

    private void claim(DocumentName name, String file, Located located) {
        NavigableMap<String, Located> all = claims.computeIfAbsent(name, _ -> new TreeMap<>());
        if (all.isEmpty()) {
            counts.merge(name.kind(), 1, Integer::sum);
        }
        all.put(file, located);
        note(name, all);
    }

    private void withdraw(DocumentName name, String file) {
        NavigableMap<String, Located> all = claimsOf(name);
        all.remove(file);
        if (all.isEmpty()) {
            claims.remove(name);
            counts.merge(name.kind(), -1, Integer::sum);
        }
        note(name, all);
    }

    private void note(DocumentName name, NavigableMap<String, Located> all) {
        touched.add(name);
        if (all.size() > 1) {
            contested.add(name);
        } else {
            contested.remove(name);
        }
    }

    private ParsedFile parsed(String file) {
        return files.getOrDefault(file, ParsedFile.EMPTY);
    }

    private NavigableMap<String, Located> claimsOf(DocumentName name) {
        return claims.getOrDefault(name, new TreeMap<>());
    }

    private @Nullable Located first(DocumentName name) {
        NavigableMap<String, Located> all = claimsOf(name);
        return all.isEmpty() ? null : all.firstEntry().getValue();
    }

    private static List<ClusterObject> wanted(@Nullable Located located) {
        return located != null && located.decoded() instanceof Decoded.Wanted wanted ? wanted.objects() : List.of();
    }

    private static @Nullable EndpointSlice slice(List<ClusterObject> objects) {
        return !objects.isEmpty() && objects.getFirst() instanceof EndpointSlice slice ? slice : null;
    }
}
