// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import io.culvert.servicelb.desired.ServicePortName;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Pieces of text that several tables have.
final class Text {

    private Text() {}

    static String orDash(@Nullable String text) {
        return text == null || text.isEmpty() ? "-" : text;
    }

    /// `namespace/name:port`, or without the port where that has no name.
    static String port(ServicePortName name) {
        return name.service() + (name.portName().isEmpty() ? "" : ":" + name.portName());
    }

    /// To the millisecond.
    static double seconds(Duration duration) {
        return Math.round(duration.toNanos() / 1e6) / 1e3;
    }

    /// `12s`
    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.0fs", seconds);
    }

    static String socket(String address, int port) {
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }
}
