// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.List;

/// How the agent of this node is doing.
///
/// @param started RFC 3339, UTC
/// @param readyAfterMillis from the start of the process until Services were programmed; 0 before that
/// @param services frontends' Services in the kernel
/// @param backends distinct backends of them
/// @param facts other lines, in the agent's own words
public record StatusView(
        String version,
        long pid,
        String node,
        String started,
        long readyAfterMillis,
        int services,
        int backends,
        List<Source> sources,
        List<Attached> attachments,
        List<Table> tables,
        List<Trouble> problems,
        List<Fact> facts) {

    /// @param condition `starting`, `current` or `stale`
    public record Source(String name, String condition, String detail) {}

    /// @param target a cgroup or an interface
    public record Attached(String target, String description) {}

    public record Table(String name, long used, long capacity) {}

    /// @param severity `error` or `warning`
    public record Trouble(String severity, String subject, String message, String remedy) {

        @Override
        public String toString() {
            return severity + ": " + subject + ": " + message + (remedy.isEmpty() ? "" : "; " + remedy);
        }
    }

    public record Fact(String name, String value) {}

    public boolean ready() {
        return readyAfterMillis > 0;
    }
}
