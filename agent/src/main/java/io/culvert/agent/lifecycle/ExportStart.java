// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import java.util.Optional;

/// What became of an export of flows when they began to be kept.
///
/// @param <T> what exports
sealed interface ExportStart<T> {

    /// The settings ask for none.
    record Off<T>() implements ExportStart<T> {}

    record Running<T>(T exporter) implements ExportStart<T> {}

    /// Nothing is exported until the agent starts with other settings.
    ///
    /// @param operation with its object
    /// @param reason what the settings have that cannot be
    record Refused<T>(String operation, String reason) implements ExportStart<T> {}

    default Optional<T> export() {
        return this instanceof Running<T>(T exporter) ? Optional.of(exporter) : Optional.empty();
    }

    default Optional<Refused<T>> refusal() {
        return this instanceof Refused<T> refused ? Optional.of(refused) : Optional.empty();
    }
}
