// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import io.culvert.cluster.ClusterObject;
import io.culvert.cluster.Problem;
import io.culvert.cluster.decode.Decoded;
import java.util.List;

/// One file by itself, for a question: nothing of it is applied.
///
/// @param objects in the order of the file
/// @param problems whatever of it is not good
public record Manifest(List<ClusterObject> objects, List<Problem> problems) {

    public Manifest {
        objects = List.copyOf(objects);
        problems = List.copyOf(problems);
    }

    /// @param file the name for messages; one that ends in `.json` is JSON, any other YAML
    public static Manifest read(String file, String text) {
        ParsedFile parsed = ManifestParser.parse(file, text);
        return new Manifest(
                parsed.objects().values().stream()
                        .map(ParsedFile.Located::decoded)
                        .filter(Decoded.Wanted.class::isInstance)
                        .flatMap(decoded -> ((Decoded.Wanted) decoded).objects().stream())
                        .toList(),
                parsed.problems());
    }
}
