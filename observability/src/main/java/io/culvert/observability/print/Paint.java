// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

/// Colours of a terminal, and letters that it would obey: names come from whoever made the object.
enum Paint {
    RED(31),
    GREEN(32),
    YELLOW(33),
    MAGENTA(35),
    CYAN(36);

    private final int code;

    Paint(int code) {
        this.code = code;
    }

    String on(String text, PrintOptions options) {
        return options.colour() && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /// A text without letters that control a terminal.
    static String harmless(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder safe = new StringBuilder();
        text.codePoints()
                .forEach(letter -> safe.append(
                        Character.isISOControl(letter) ? "\\u%04x".formatted(letter) : Character.toString(letter)));
        return safe.toString();
    }
}
