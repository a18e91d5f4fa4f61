// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

/// One figure with what we expected of it.
///
/// @param what what was measured
/// @param value as measured, with its unit
/// @param expected as promised before measuring; empty where nothing was
/// @param met whether it holds
record Figure(String what, String value, String expected, boolean met) {

    static Figure atLeast(String what, double value, double bound, String unit) {
        return new Figure(what, "%.2f%s".formatted(value, unit), ">= %.2f%s".formatted(bound, unit), value >= bound);
    }

    static Figure atMost(String what, double value, double bound, String unit) {
        return new Figure(what, "%.2f%s".formatted(value, unit), "<= %.2f%s".formatted(bound, unit), value <= bound);
    }

    /// Of what there should be none.
    static Figure none(String what, long count) {
        return new Figure(what, "%,d".formatted(count), "0", count == 0);
    }

    static Figure told(String what, String value) {
        return new Figure(what, value, "", true);
    }

    String row() {
        String verdict = expected.isEmpty() ? "" : met ? "met" : "**not met**";
        return "| %s | %s | %s | %s |%n".formatted(what, value, expected, verdict);
    }
}
