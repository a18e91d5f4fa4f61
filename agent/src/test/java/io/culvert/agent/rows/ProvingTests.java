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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Tests by the rows that their names begin with: the method `A6_02_A6_03_...` proves two, `C6_01_to_C6_22_...` makes a
/// test for each of 22, and a case of a parameterized test proves what its name does, a string that begins like that.
final class ProvingTests {

    private static final Pattern TEST =
            Pattern.compile("(?:\\bvoid |\\bStream<DynamicTest> |\")((?:[A-H]\\d+_\\d+(?:_to_[A-H]\\d+_\\d+)?[_ ])+)");
    private static final Pattern ROWS = Pattern.compile("([A-H]\\d+)_(\\d+)(?:_to_\\1_(\\d+))?[_ ]");

    private ProvingTests() {}

    /// @param root of the repository
    /// @return the files that hold tests, relative to the root, by row
    static Map<String, Set<String>> below(Path root) throws IOException {
        Map<String, Set<String>> byRow = new TreeMap<>();
        for (Path file : sources(root)) {
            for (Matcher test = TEST.matcher(Files.readString(file)); test.find(); ) {
                for (Matcher rows = ROWS.matcher(test.group(1)); rows.find(); ) {
                    numbers(rows)
                            .forEach(number -> byRow.computeIfAbsent(number, _ -> new TreeSet<>())
                                    .add(root.relativize(file).toString()));
                }
            }
        }
        return byRow;
    }

    /// Numbers of rows have as many digits as the first one.
    private static Stream<String> numbers(Matcher rows) {
        String first = rows.group(2);
        int last = Integer.parseInt(rows.group(3) == null ? first : rows.group(3));
        return IntStream.rangeClosed(Integer.parseInt(first), last)
                .mapToObj(number -> rows.group(1) + ("-%0" + first.length() + "d").formatted(number));
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
