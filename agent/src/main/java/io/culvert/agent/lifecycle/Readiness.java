// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

/// What the first full sync programmed.
///
/// @param services Services with at least one frontend
/// @param backends ids in use: one for each backend of each Service port
/// @param millis since the process was started
public record Readiness(int services, int backends, long millis) {

    /// The line that scripts wait for.
    @Override
    public String toString() {
        return "ready: " + services + " services, " + backends + " backends, " + millis + " ms";
    }
}
