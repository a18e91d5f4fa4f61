// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.util.List;
import java.util.regex.Pattern;

/// Finds what a person wants to know in a verifier log: the reason, which is the last line before the
/// statistics, and the C source line that it was at, which the kernel writes as `; source @ file:line` where
/// the object has line information.
final class VerifierLog {

    private static final Pattern STATISTICS =
            Pattern.compile("processed \\d+ insns.*|verification time .*|stack depth .*|insns processed .*");

    private VerifierLog() {}

    /// For example `R1 invalid mem access 'scalar', at "return *address;" (17 lines omitted)`.
    static String summary(String log) {
        List<String> lines = log.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !STATISTICS.matcher(line).matches())
                .toList();
        if (lines.isEmpty()) {
            return "no reason given";
        }
        String reason = lines.getLast();
        String source = lines.reversed().stream()
                .filter(line -> line.startsWith(";"))
                .findFirst()
                .map(line -> line.substring(1).strip())
                .orElse("");
        int omitted = lines.size() - (source.isEmpty() ? 1 : 2);
        return reason
                + (source.isEmpty() ? "" : ", at \"" + source + '"')
                + (omitted == 0 ? "" : " (" + omitted + (omitted == 1 ? " line omitted)" : " lines omitted)"));
    }
}
