// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.compile;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One message of the compiler.
///
/// @param file as the compiler names it, relative to the source directory where it lies there
/// @param line from 1; 0 if the message is about no line
/// @param column from 1, in bytes; 0 if the message is about no line
public record Diagnostic(String file, int line, int column, Severity severity, String message) {

    /// How bad it is. A note says more about the message before it.
    public enum Severity {
        ERROR,
        WARNING,
        NOTE
    }

    private static final Pattern PLACED =
            Pattern.compile("(.+?):(\\d{1,9}):(\\d{1,9}): (fatal error|error|warning|remark|note): (.*)");
    private static final Pattern GENERAL = Pattern.compile("(?:clang|llvm-strip)[^:]*: (?:fatal )?error: (.*)");

    /// For example `sock_lb.c:12:5: error: use of undeclared identifier 'x'`.
    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        return place + ": " + severity.name().toLowerCase(Locale.ROOT) + ": " + message;
    }

    /// The messages in the output of a compiler that was run on `file`. Other lines (`In file included from`,
    /// summaries) say nothing that the messages do not say.
    static List<Diagnostic> parse(Path directory, String file, String output) {
        return output.lines()
                .map(line -> parseLine(directory, file, line))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Diagnostic> parseLine(Path directory, String file, String line) {
        Matcher placed = PLACED.matcher(line);
        if (placed.matches()) {
            return Optional.of(new Diagnostic(
                    relative(directory, placed.group(1)),
                    Integer.parseInt(placed.group(2)),
                    Integer.parseInt(placed.group(3)),
                    severity(placed.group(4)),
                    placed.group(5)));
        }
        Matcher general = GENERAL.matcher(line);
        return general.matches()
                ? Optional.of(new Diagnostic(file, 0, 0, Severity.ERROR, general.group(1)))
                : Optional.empty();
    }

    private static Severity severity(String word) {
        return switch (word) {
            case "warning" -> Severity.WARNING;
            case "note", "remark" -> Severity.NOTE;
            default -> Severity.ERROR;
        };
    }

    private static String relative(Path directory, String file) {
        String prefix = directory + "/";
        return file.startsWith(prefix) ? file.substring(prefix.length()) : file;
    }
}
