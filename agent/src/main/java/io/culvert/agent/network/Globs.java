// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Patterns of names: `*` stands for any characters, `?` for one.
record Globs(List<Pattern> patterns) {

    static Globs of(List<String> globs) {
        return new Globs(globs.stream().map(Globs::pattern).toList());
    }

    boolean match(String name) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    private static Pattern pattern(String glob) {
        String expression = glob.chars()
                .mapToObj(c -> switch (c) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(c));
                })
                .collect(Collectors.joining());
        return Pattern.compile(expression);
    }
}
