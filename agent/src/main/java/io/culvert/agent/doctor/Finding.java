// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

/// What one check found.
///
/// @param remedy what to do; empty if nothing need be done
public record Finding(Result result, String check, String detail, String remedy) {

    public enum Result {
        OK("ok"),
        /// Culvert works, but not as well as it could, or something else on the node is in its way.
        WARNING("warning"),
        /// Culvert does not work, or not correctly.
        ERROR("error");

        private final String text;

        Result(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    static Finding ok(String check, String detail) {
        return new Finding(Result.OK, check, detail, "");
    }

    static Finding warning(String check, String detail, String remedy) {
        return new Finding(Result.WARNING, check, detail, remedy);
    }

    static Finding error(String check, String detail, String remedy) {
        return new Finding(Result.ERROR, check, detail, remedy);
    }

    public boolean isError() {
        return result == Result.ERROR;
    }

    /// One line: `check: detail; remedy`.
    @Override
    public String toString() {
        return check + ": " + detail + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
