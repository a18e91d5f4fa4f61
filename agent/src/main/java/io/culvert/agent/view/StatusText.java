// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A status for people: `Key:   value` lines, as users of `cilium-dbg status` know them.
public final class StatusText {

    private static final int WIDTH = 17;

    private StatusText() {}

    /// @param now for the age of the agent
    public static void print(StatusView status, Instant now, PrintWriter out) {
        Duration up = Duration.between(Instant.parse(status.started()), now);
        String ready = status.ready() ? "Ok" : "Starting";
        String after = status.ready() ? ", ready after " + status.readyAfterMillis() + " ms" : "";
        line(out, "Culvert", ready + "   " + status.version() + ", pid " + status.pid() + ", up " + age(up) + after);
        line(out, "Node", status.node());
        lines(
                out,
                "Source",
                status.sources().stream()
                        .map(source -> source.name() + " " + source.condition() + ": " + source.detail())
                        .toList());
        line(out, "Services", status.services() + " (" + status.backends() + " backends)");
        status.facts().forEach(fact -> line(out, fact.name(), fact.value()));
        lines(
                out,
                "Attached",
                status.attachments().stream()
                        .map(attached -> attached.target() + "   " + attached.description())
                        .toList());
        lines(
                out,
                "Tables",
                status.tables().stream()
                        .map(table -> table.name() + " " + table.used() + "/" + table.capacity())
                        .toList());
        List<String> problems =
                status.problems().stream().map(StatusView.Trouble::toString).toList();
        lines(out, "Problems", problems.isEmpty() ? List.of("none") : problems);
        out.flush();
    }

    private static void lines(PrintWriter out, String key, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            line(out, i == 0 ? key : "", values.get(i));
        }
    }

    private static void line(PrintWriter out, String key, String value) {
        String label = key.isEmpty() ? "" : key + ":";
        out.println((label + " ".repeat(Math.max(1, WIDTH - label.length())) + value).stripTrailing());
    }

    /// The largest two units: `3d4h`, `5m2s`.
    static String age(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds >= 86_400) {
            return seconds / 86_400 + "d" + seconds % 86_400 / 3_600 + "h";
        }
        if (seconds >= 3_600) {
            return seconds / 3_600 + "h" + seconds % 3_600 / 60 + "m";
        }
        return seconds >= 60 ? seconds / 60 + "m" + seconds % 60 + "s" : seconds + "s";
    }
}
