// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import io.culvert.agent.view.ExplainView.Answer;
import io.culvert.agent.view.ExplainView.Path;
import java.util.ArrayList;
import java.util.List;

/// Explanations for people.
public final class ExplainText {

    private ExplainText() {}

    /// Line by line.
    public static List<String> lines(ExplainView view) {
        List<String> lines = new ArrayList<>();
        for (Path path : view.paths()) {
            lines.add(end(path.sourcePod(), path.source()) + " -> " + end(path.destinationPod(), path.destination())
                    + " " + port(path) + ": " + verdict(path.allowed()));
            path.answers().forEach(answer -> add(lines, answer));
            if (path.answers().isEmpty()) {
                lines.add("  neither end is a pod that policies apply to");
            }
        }
        view.notes().forEach(note -> lines.add("note: " + note));
        view.warnings().forEach(warning -> lines.add("warning: " + warning));
        return lines;
    }

    private static void add(List<String> lines, Answer answer) {
        lines.add("  " + answer.direction() + " of " + answer.pod() + (answer.local() ? "" : " (on another node)")
                + ": " + verdict(answer.allowed()) + ": " + answer.reason());
        answer.misses().forEach(miss -> lines.add("    " + miss));
        if (!answer.datapath().isEmpty()) {
            lines.add("    datapath: " + answer.datapath());
        }
    }

    private static String end(String pod, String address) {
        return pod.isEmpty() ? address : pod + " (" + address + ")";
    }

    private static String port(Path path) {
        return switch (path.protocol()) {
            case "TCP", "UDP", "SCTP" -> path.port() + "/" + path.protocol();
            default -> "protocol " + path.protocol();
        };
    }

    private static String verdict(boolean allowed) {
        return allowed ? "allowed" : "refused";
    }
}
