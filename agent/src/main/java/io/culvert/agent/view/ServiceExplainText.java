// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import io.culvert.agent.view.ServiceExplainView.Path;
import io.culvert.agent.view.ServiceExplainView.Step;
import java.util.ArrayList;
import java.util.List;

/// Explanations of Services for people.
public final class ServiceExplainText {

    private static final String DATAPATH = "datapath";

    private ServiceExplainText() {}

    /// Line by line.
    public static List<String> lines(ServiceExplainView view) {
        List<String> lines = new ArrayList<>();
        for (Path path : view.paths()) {
            lines.add(view.client() + " -> " + view.service() + " " + path.frontend() + " (" + path.type()
                    + (path.portName().isEmpty() ? "" : ", port " + path.portName()) + "): " + path.outcome());
            int width = path.steps().stream()
                    .mapToInt(step -> step.table().length())
                    .max()
                    .orElse(0);
            for (Step step : path.steps()) {
                String meaning = step.meaning().isEmpty() ? "" : ": " + step.meaning();
                lines.add("  " + padded(step.table(), width) + "  " + step.entry() + meaning);
            }
            lines.add("  " + padded(DATAPATH, width) + "  " + path.datapath()
                    + (path.agrees() ? "" : ", which is not what the tables say: run culvert audit"));
        }
        return lines;
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, Math.max(width, DATAPATH.length()) - text.length()));
    }
}
