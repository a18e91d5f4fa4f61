// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A scenario file, taken apart.
///
/// ```
/// Free text: what the scenario proves.
///
/// >>> mask id \bid=(\d+)
/// >>> apply web.yaml
/// apiVersion: v1
/// kind: Service
/// ...
/// >>> expect service list
/// NAMESPACE  NAME  ...
/// >>> delete web.yaml
/// >>> expect service list
/// (no services)
/// ```
///
/// Sections are carried out in order, and a file may be applied again with other content. Before an expectation the
/// subject settles. Masks stand before the first step and are only for what is different in every run.
///
/// @param description the lines before the first section
public record Scenario(Path path, String description, List<Mask> masks, List<ScenarioStep> steps) {

    private static final String MARK = ">>> ";

    public static Scenario read(Path path) {
        try {
            return parse(path, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException("read scenario " + path, e);
        }
    }

    /// @throws IllegalArgumentException with file and line if `text` is not a scenario
    static Scenario parse(Path path, String text) {
        return new Sections(path, text.lines().toList()).read();
    }

    /// The file that reads as this scenario.
    String format() {
        StringBuilder text = new StringBuilder(description);
        for (Mask mask : masks) {
            text.append(MARK).append(mask.title()).append('\n');
        }
        for (ScenarioStep step : steps) {
            text.append(MARK).append(step.title()).append('\n').append(step.body());
        }
        return text.toString();
    }

    /// Walks through the lines of a file.
    private static final class Sections {

        private final Path path;
        private final List<String> lines;
        private int next;

        Sections(Path path, List<String> lines) {
            this.path = path;
            this.lines = lines;
        }

        Scenario read() {
            String description = body();
            List<Mask> masks = new ArrayList<>();
            List<ScenarioStep> steps = new ArrayList<>();
            while (next < lines.size()) {
                int line = next + 1;
                String title = lines.get(next++).substring(MARK.length()).strip();
                String body = body();
                int space = title.indexOf(' ');
                String verb = space < 0 ? title : title.substring(0, space);
                String argument = space < 0 ? "" : title.substring(space + 1).strip();
                if (argument.isEmpty()) {
                    throw wrong(line, "a section is apply FILE, delete FILE, expect COMMAND or mask NAME REGEX");
                }
                switch (verb) {
                    case "apply" -> steps.add(new ScenarioStep.Apply(argument, body));
                    case "delete" -> steps.add(new ScenarioStep.Delete(withoutBody(argument, body, line)));
                    case "expect" -> steps.add(new ScenarioStep.Expect(argument, body));
                    case "mask" -> masks.add(mask(withoutBody(argument, body, line), steps.isEmpty(), line));
                    default -> throw wrong(line, "no section is called " + verb);
                }
            }
            if (steps.isEmpty()) {
                throw wrong(lines.size(), "no step");
            }
            return new Scenario(path, description, masks, steps);
        }

        private String body() {
            StringBuilder body = new StringBuilder();
            while (next < lines.size() && !lines.get(next).startsWith(MARK)) {
                body.append(lines.get(next++)).append('\n');
            }
            return body.toString();
        }

        private String withoutBody(String argument, String body, int line) {
            if (!body.isBlank()) {
                throw wrong(line, "this section has no lines of its own");
            }
            return argument;
        }

        private Mask mask(String argument, boolean first, int line) {
            if (!first) {
                throw wrong(line, "masks stand before the first step");
            }
            try {
                return Mask.parse(argument);
            } catch (IllegalArgumentException e) {
                throw wrong(line, String.valueOf(e.getMessage()));
            }
        }

        private IllegalArgumentException wrong(int line, String problem) {
            return new IllegalArgumentException(path + ":" + line + ": " + problem);
        }
    }
}
