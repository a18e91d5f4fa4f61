// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.scenario;

import java.util.List;
import java.util.stream.Collectors;

/// Compares two texts line by line, by their longest common subsequence. Runs of spaces count as two at most, because
/// the width of a column may depend on a masked value, and spaces at the end of a line not at all.
final class LineDiff {

    private LineDiff() {}

    static boolean same(String expected, String actual) {
        return normalized(expected).equals(normalized(actual));
    }

    /// Every line: `-` expected only, `+` actual only, two spaces for both.
    static String of(String expected, String actual) {
        List<String> left = normalized(expected);
        List<String> right = normalized(actual);
        int[][] common = commonLengths(left, right);
        StringBuilder diff = new StringBuilder();
        int i = 0;
        int j = 0;
        while (i < left.size() || j < right.size()) {
            if (i < left.size() && j < right.size() && left.get(i).equals(right.get(j))) {
                diff.append("  ").append(left.get(i++)).append('\n');
                j++;
            } else if (j == right.size() || (i < left.size() && common[i + 1][j] >= common[i][j + 1])) {
                diff.append("- ").append(left.get(i++)).append('\n');
            } else {
                diff.append("+ ").append(right.get(j++)).append('\n');
            }
        }
        return diff.toString();
    }

    /// `[i][j]`: how many lines the texts from lines i and j on have in common.
    private static int[][] commonLengths(List<String> left, List<String> right) {
        int[][] common = new int[left.size() + 1][right.size() + 1];
        for (int i = left.size() - 1; i >= 0; i--) {
            for (int j = right.size() - 1; j >= 0; j--) {
                common[i][j] = left.get(i).equals(right.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }

    private static List<String> normalized(String text) {
        return text.stripTrailing()
                .lines()
                .map(line -> line.stripTrailing().replaceAll(" {2,}", "  "))
                .collect(Collectors.toList());
    }
}
