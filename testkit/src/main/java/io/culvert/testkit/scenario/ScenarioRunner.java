// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// Plays a scenario against a subject.
final class ScenarioRunner {

    private final Scenario scenario;
    private final ScenarioSubject subject;
    private final boolean update;
    private final List<ScenarioStep> played = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();
    private boolean settled;

    /// @param update whether the file is rewritten with what the subject prints, instead of failing
    ScenarioRunner(Scenario scenario, ScenarioSubject subject, boolean update) {
        this.scenario = scenario;
        this.subject = subject;
        this.update = update;
    }

    /// Plays all steps, also after a difference, so that one run shows all of them.
    ///
    /// @throws AssertionError with the differences
    void run() {
        scenario.steps().forEach(this::play);
        if (differences.isEmpty()) {
            return;
        }
        if (!update) {
            throw new AssertionError(scenario.path().getFileName() + "\n" + String.join("\n", differences)
                    + "\n-Dscenario.update=true writes what was printed into the file");
        }
        Scenario actual = new Scenario(scenario.path(), scenario.description(), scenario.masks(), played);
        try {
            Files.writeString(scenario.path(), actual.format());
        } catch (IOException e) {
            throw new UncheckedIOException("update scenario " + scenario.path(), e);
        }
    }

    private void play(ScenarioStep step) {
        switch (step) {
            case ScenarioStep.Apply apply -> {
                subject.apply(apply.file(), apply.yaml());
                settled = false;
            }
            case ScenarioStep.Delete delete -> {
                subject.delete(delete.file());
                settled = false;
            }
            case ScenarioStep.Expect expect -> {
                settle();
                played.add(compare(expect));
                return;
            }
        }
        played.add(step);
    }

    private void settle() {
        if (!settled) {
            subject.awaitSettled();
            settled = true;
        }
    }

    /// The expectation that would have been met; unchanged where it was, so that an update keeps the author's layout.
    private ScenarioStep.Expect compare(ScenarioStep.Expect expect) {
        String actual = subject.run(List.of(expect.command().split("\\s+")));
        for (Mask mask : scenario.masks()) {
            actual = mask.apply(actual);
        }
        if (LineDiff.same(expect.output(), actual)) {
            return expect;
        }
        differences.add("step " + (played.size() + 1) + ": " + expect.command() + " (- expected, + printed)\n"
                + LineDiff.of(expect.output(), actual));
        boolean spaced = expect.output().equals("\n") || expect.output().endsWith("\n\n");
        String blankLine = spaced ? "\n" : "";
        String printed = actual.isBlank() ? "" : actual.stripTrailing() + "\n";
        return new ScenarioStep.Expect(expect.command(), printed + blankLine);
    }
}
