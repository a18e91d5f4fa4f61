// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import com.fasterxml.jackson.annotation.JsonValue;

/// What becomes of one field of an imported KubeProxyConfiguration.
///
/// @param where `file:line`; of a field that is not there, of the one that it follows from
/// @param field its path, as `iptables.masqueradeAll`
/// @param value as written; `not set` where the default matters
/// @param note what Culvert does with it, or why it does nothing
public record ImportedField(String where, String field, String value, Fate fate, String note) {

    public enum Fate {
        /// It means here what it means to kube-proxy.
        USED("used"),
        /// It has no effect, and needs none.
        IGNORED("ignored"),
        /// Worth reading: used with a difference, or not used although somebody may count on it.
        WARNING("warning"),
        /// The agent does not start with it.
        REFUSED("refused");

        private final String text;

        Fate(String text) {
            this.text = text;
        }

        @Override
        @JsonValue
        public String toString() {
            return text;
        }
    }

    /// `kube-proxy.yaml:7: mode iptables: ignored, Culvert has one mode`.
    @Override
    public String toString() {
        return where + ": " + field + " " + value + ": " + fate + ", " + note;
    }
}
