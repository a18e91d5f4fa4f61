// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.scenario;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Hides what is different in every run: what matches is printed as `<name>`. Where the expression has a group, only
/// the group is hidden.
record Mask(String name, Pattern pattern) {

    /// Reads `NAME REGEX`.
    static Mask parse(String text) {
        int space = text.indexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException("a mask is NAME REGEX");
        }
        return new Mask(text.substring(0, space), Pattern.compile(text.substring(space + 1)));
    }

    String title() {
        return "mask " + name + " " + pattern;
    }

    String apply(String text) {
        StringBuilder masked = new StringBuilder();
        Matcher matcher = pattern.matcher(text);
        int group = Math.min(1, matcher.groupCount());
        int end = 0;
        while (matcher.find()) {
            masked.append(text, end, matcher.start(group))
                    .append('<')
                    .append(name)
                    .append('>');
            end = matcher.end(group);
        }
        return masked.append(text.substring(end)).toString();
    }
}
