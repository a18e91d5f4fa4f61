// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import org.jspecify.annotations.Nullable;

/// Pieces of text that several tables have.
final class Text {

    private Text() {}

    static String orDash(@Nullable String text) {
        return text == null || text.isEmpty() ? "-" : text;
    }

    static String socket(String address, int port) {
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }
}
