// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Horizontal bars in panels side by side, one for each quantity. Scales begin at zero; panels of like values share
/// one.
final class Bars {

    /// Longer texts of a row are no label where there are shorter ones.
    static final int LABEL = 40;

    private static final Pattern NUMBER = Pattern.compile("^[-+]?[0-9][0-9,]*(?:\\.[0-9]+)?");
    private static final int ROW = 20;
    private static final int TOP = 44;
    private static final int LABELS = 300;
    private static final int PANEL = 190;
    private static final int LONGEST = 110;

    /// Panels whose largest values differ by less than this factor share a scale.
    private static final double ALIKE = 4;

    private final List<String> labels;
    private final StringBuilder body = new StringBuilder();
    private final String title;
    private final List<Panel> panels = new ArrayList<>();

    private record Panel(String name, List<String> cells) {

        double largest() {
            return cells.stream().mapToDouble(Bars::number).max().orElse(0);
        }
    }

    Bars(String title, List<String> labels) {
        this.title = title;
        this.labels = labels;
        for (int row = 0; row < labels.size(); row++) {
            text(LABELS - 8, row, "end", labels.get(row));
        }
    }

    /// Whether a cell begins with a number; what follows it, such as a ratio, is not drawn.
    static boolean isNumber(String cell) {
        return NUMBER.matcher(cell).find();
    }

    private static double number(String cell) {
        Matcher matcher = NUMBER.matcher(cell);
        return matcher.find() ? Double.parseDouble(matcher.group().replace(",", "")) : 0;
    }

    void panel(String name, List<String> cells) {
        panels.add(new Panel(name, List.copyOf(cells)));
    }

    /// The value of the longest bar of a panel: the largest of all where panels are of one kind, so that they compare.
    private double longest(Panel panel) {
        double largest = panels.stream().mapToDouble(Panel::largest).max().orElse(0);
        double least = panels.stream().mapToDouble(Panel::largest).min().orElse(0);
        return largest < least * ALIKE ? largest : panel.largest();
    }

    private void draw(Panel panel, int left) {
        body.append("<text x=\"%d\" y=\"34\" font-weight=\"bold\">%s</text>%n".formatted(left, escape(panel.name())));
        for (int row = 0; row < panel.cells().size(); row++) {
            String cell = panel.cells().get(row);
            double longest = longest(panel);
            long width = longest <= 0 ? 0 : Math.round(Math.max(0, number(cell)) / longest * LONGEST);
            body.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"14\" fill=\"#4477aa\"/>%n"
                    .formatted(left, TOP + ROW * row, width));
            text(left + (int) width + 4, row, "start", cell.replaceFirst(" .*", ""));
        }
    }

    private void text(int x, int row, String anchor, String words) {
        body.append("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n"
                .formatted(x, TOP + ROW * row + 11, anchor, escape(words)));
    }

    private static String escape(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    String svg() {
        for (int i = 0; i < panels.size(); i++) {
            draw(panels.get(i), LABELS + PANEL * i);
        }
        int width = LABELS + PANEL * panels.size();
        int height = TOP + ROW * labels.size() + 8;
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d"
                 font-family="sans-serif" font-size="12">
                <title>%3$s</title>
                <rect width="%1$d" height="%2$d" fill="#ffffff"/>
                <text x="8" y="16" font-weight="bold">%3$s</text>
                """.formatted(width, height, escape(title)) + body + "</svg>\n";
    }
}
