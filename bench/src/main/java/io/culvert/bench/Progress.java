// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.io.Console;
import java.util.Optional;

/// Says on a terminal what is going on; quiet in a pipe.
final class Progress {

    private static final boolean TERMINAL =
            Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();

    private Progress() {}

    static void say(String text) {
        if (TERMINAL) {
            System.err.printf("\r\033[K%s", text);
        }
    }
}
