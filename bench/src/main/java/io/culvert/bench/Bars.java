// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Horizontal bars in panels side by side, one for each quantity, each with a scale of its own that begins at zero.
final class Bars {

    /// Longer texts of a row are no label.
    static final int LABEL = 40;

    private static final Pattern NUMBER = Pattern.compile("^[-+]?[0-9][0-9,]*(?:\\.[0-9]+)?");
    private static final int ROW = 20;
    private static final int TOP = 44;
    private static final int LABELS = 300;
    private static final int PANEL = 190;
    private static final int LONGEST = 110;

    private final List<String> labels;
    private final StringBuilder body = new StringBuilder();
    private final String title;
    private int panels;

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
        int left = LABELS + PANEL * panels++;
        double largest = cells.stream().mapToDouble(Bars::number).max().orElse(0);
        body.append("<text x=\"%d\" y=\"34\" font-weight=\"bold\">%s</text>%n".formatted(left, escape(name)));
        for (int row = 0; row < cells.size(); row++) {
            double value = Math.max(0, number(cells.get(row)));
            long width = largest <= 0 ? 0 : Math.round(value / largest * LONGEST);
            body.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"14\" fill=\"#4477aa\"/>%n"
                    .formatted(left, TOP + ROW * row, width));
            text(left + (int) width + 4, row, "start", cells.get(row).split(" ")[0]);
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
        int width = LABELS + PANEL * panels;
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
