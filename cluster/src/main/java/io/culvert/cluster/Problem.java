// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// Something a user should put right. Nothing else is affected by it.
///
/// @param subject what it is about: `file:line:column`, or kind and name of an object
/// @param message what is wrong, lower case, without a full stop
/// @param remedy what to do, lower case, without a full stop; empty where the message says it all
public record Problem(Severity severity, String subject, String message, String remedy) {

    public enum Severity {
        /// What was asked for works, if perhaps not as meant.
        WARNING,
        /// What was asked for does not happen.
        ERROR
    }

    public static Problem error(String subject, String message, String remedy) {
        return new Problem(Severity.ERROR, subject, message, remedy);
    }

    public static Problem warning(String subject, String message, String remedy) {
        return new Problem(Severity.WARNING, subject, message, remedy);
    }

    /// One line: `subject: message; remedy`.
    @Override
    public String toString() {
        return subject + ": " + message + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
