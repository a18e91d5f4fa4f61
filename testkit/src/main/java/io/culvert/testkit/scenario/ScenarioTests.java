// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// Makes one test of each scenario file.
///
/// ```java
/// @TestFactory
/// Stream<DynamicTest> scenarios() {
///     return ScenarioTests.in(Path.of("src/test/scenarios"), scenario -> new AgentSubject());
/// }
/// ```
///
/// `-Dscenario.update=true` rewrites expectations that are not met; the change is then reviewed like any other.
public final class ScenarioTests {

    private ScenarioTests() {}

    /// @param directory every file below it that ends in `.scenario`
    /// @param open makes a new subject for each scenario; it is closed afterwards
    public static Stream<DynamicTest> in(Path directory, Function<Scenario, ScenarioSubject> open) {
        List<Path> files;
        try (var paths = Files.walk(directory)) {
            files = paths.filter(path -> path.toString().endsWith(".scenario"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("list scenarios in " + directory, e);
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("no *.scenario file in " + directory.toAbsolutePath());
        }
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(
                        directory.relativize(file).toString(), file.toUri(), () -> run(Scenario.read(file), open)));
    }

    /// Plays one scenario.
    ///
    /// @throws AssertionError with the differences
    public static void run(Scenario scenario, Function<Scenario, ScenarioSubject> open) {
        try (ScenarioSubject subject = open.apply(scenario)) {
            new ScenarioRunner(scenario, subject, Boolean.getBoolean("scenario.update")).run();
        }
    }
}
