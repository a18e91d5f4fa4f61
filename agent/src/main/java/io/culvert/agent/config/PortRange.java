// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Ports `first` to `last`, both included.
public record PortRange(int first, int last) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    static Optional<PortRange> parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        PortRange range = new PortRange(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        return range.first >= 1 && range.first <= range.last && range.last <= 65535
                ? Optional.of(range)
                : Optional.empty();
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
