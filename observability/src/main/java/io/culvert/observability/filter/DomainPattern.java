// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import java.util.Locale;
import java.util.regex.Pattern;

/// A name of a domain or of a node, in which `*` stands for any number of letters. Not a regular expression: those may
/// take as long as whoever sends one likes.
record DomainPattern(String text) {

    /// Every name.
    static final DomainPattern ANY = new DomainPattern("*");

    private static final Pattern ALLOWED = Pattern.compile("[-a-z0-9_.*]*[-a-z0-9_*]");

    /// @throws MalformedFilterException if no name can be like this
    static DomainPattern of(String field, String value) {
        String name = value.strip().toLowerCase(Locale.ROOT);
        String trimmed = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (!ALLOWED.matcher(trimmed).matches()) {
            throw MalformedFilterException.of(
                    field, value, "only letters, digits, hyphens, underscores, dots and * make a name");
        }
        return new DomainPattern(trimmed);
    }

    /// If the rest does not fit, the last asterisk takes one letter more; never one before that.
    boolean matches(String name) {
        int at = 0;
        int asterisk = -1;
        int taken = 0;
        int letter = 0;
        while (letter < name.length()) {
            if (at < text.length() && text.charAt(at) == '*') {
                asterisk = at++;
                taken = letter;
            } else if (at < text.length() && text.charAt(at) == name.charAt(letter)) {
                at++;
                letter++;
            } else if (asterisk >= 0) {
                at = asterisk + 1;
                letter = ++taken;
            } else {
                return false;
            }
        }
        return text.substring(at).chars().allMatch(rest -> rest == '*');
    }
}
