// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Tests by the rows that their names begin with: the method `A6_02_A6_03_...` proves two, and so does a case of a
/// parameterized test whose name is a string that begins like that.
final class ProvingTests {

    private static final Pattern TEST = Pattern.compile("(?:\\bvoid |\")((?:[A-H]\\d+_\\d+[_ ])+)");
    private static final Pattern ROW = Pattern.compile("([A-H]\\d+)_(\\d+)[_ ]");

    private ProvingTests() {}

    /// @param root of the repository
    /// @return the files that hold tests, relative to the root, by row
    static Map<String, Set<String>> below(Path root) throws IOException {
        Map<String, Set<String>> byRow = new TreeMap<>();
        for (Path file : sources(root)) {
            for (Matcher test = TEST.matcher(Files.readString(file)); test.find(); ) {
                for (Matcher row = ROW.matcher(test.group(1)); row.find(); ) {
                    byRow.computeIfAbsent(row.group(1) + "-" + row.group(2), _ -> new TreeSet<>())
                            .add(root.relativize(file).toString());
                }
            }
        }
        return byRow;
    }

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            List<Path> tests = modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList();
            List<Path> sources = new ArrayList<>();
            for (Path directory : tests) {
                try (Stream<Path> files = Files.walk(directory)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
                }
            }
            return sources;
        }
    }
}
