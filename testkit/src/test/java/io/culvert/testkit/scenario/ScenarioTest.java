// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.testkit.scenario.ScenarioStep.Apply;
import io.culvert.testkit.scenario.ScenarioStep.Delete;
import io.culvert.testkit.scenario.ScenarioStep.Expect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioTest {

    private static final String TEXT = """
            Two files, one after the other.

            >>> mask number \\bid=(\\d+)
            >>> apply a.yaml
            kind: A
            >>> expect list
            a.yaml    id=<number>  kind: A
            >>> delete a.yaml
            >>> expect list
            """;

    /// A cluster that prints its files.
    private static final class FileList implements ScenarioSubject {

        private final TreeMap<String, String> files = new TreeMap<>();
        private boolean settled;

        @Override
        public void apply(String file, String yaml) {
            files.put(file, yaml);
            settled = false;
        }

        @Override
        public void delete(String file) {
            files.remove(file);
            settled = false;
        }

        @Override
        public void awaitSettled() {
            settled = true;
        }

        @Override
        public String run(List<String> words) {
            assertThat(settled).isTrue();
            StringBuilder list = new StringBuilder();
            files.forEach((file, yaml) -> list.append(file + "  id=" + System.nanoTime() + "  " + yaml));
            return list.toString();
        }

        @Override
        public void close() {}
    }

    @TempDir
    private Path directory;

    @TestFactory
    Stream<DynamicTest> aMetScenarioPasses() throws IOException {
        Files.writeString(directory.resolve("met.scenario"), TEXT);
        return ScenarioTests.in(directory, _ -> new FileList());
    }

    @Test
    void aFileReadsBackAsItWasWritten() {
        Scenario scenario = Scenario.parse(Path.of("x"), TEXT);
        assertThat(scenario.description()).isEqualTo("Two files, one after the other.\n\n");
        assertThat(scenario.steps())
                .containsExactly(
                        new Apply("a.yaml", "kind: A\n"),
                        new Expect("list", "a.yaml    id=<number>  kind: A\n"),
                        new Delete("a.yaml"),
                        new Expect("list", ""));
        assertThat(scenario.format()).isEqualTo(TEXT);
    }

    @Test
    void aDifferenceIsShownLineByLine() {
        Scenario scenario =
                Scenario.parse(Path.of("x.scenario"), TEXT.replace("kind: A\n>>> delete", "kind: B\n>>> delete"));
        assertThatThrownBy(() -> new ScenarioRunner(scenario, new FileList(), false).run())
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        x.scenario
                        step 2: list (- expected, + printed)
                        - a.yaml  id=<number>  kind: B
                        + a.yaml  id=<number>  kind: A

                        -Dscenario.update=true writes what was printed into the file""");
    }

    @Test
    void anUpdateRewritesOnlyWhatIsDifferent() throws IOException {
        Path file = directory.resolve("x.scenario");
        String wrong = TEXT + "nothing\n";
        Files.writeString(file, wrong);
        new ScenarioRunner(Scenario.read(file), new FileList(), true).run();
        assertThat(file).hasContent(TEXT);
        new ScenarioRunner(Scenario.read(file), new FileList(), false).run();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                ">>> apply,x:1: a section is",
                ">>> explode a,x:1: no section is called explode",
                ">>> mask a,x:1: a mask is NAME REGEX",
                "only text,x:1: no step",
                "\">>> delete a\nbody\",x:1: this section has no lines of its own",
                "\">>> delete a\n>>> mask a b\",x:2: masks stand before the first step"
            })
    void aMistakeIsReportedWithItsLine(String text, String problem) {
        assertThatThrownBy(() -> Scenario.parse(Path.of("x"), text)).hasMessageStartingWith(problem);
    }

    @Test
    void aDirectoryWithoutScenariosIsAMistake() {
        assertThatThrownBy(() -> ScenarioTests.in(directory, _ -> new FileList()))
                .hasMessageStartingWith("no *.scenario file");
    }

    @Test
    void theDiffKeepsCommonLines() {
        assertThat(LineDiff.of("a\nb\nc\n", "a\nx\nc\nd\n")).isEqualTo("  a\n- b\n+ x\n  c\n+ d\n");
        assertThat(LineDiff.same("a    b  \n", "a  b\n\n")).isTrue();
        assertThat(LineDiff.same("a b", "a  b")).isFalse();
    }
}
