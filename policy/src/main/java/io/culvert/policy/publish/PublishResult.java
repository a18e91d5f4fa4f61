// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

/// What became of a plan.
public sealed interface PublishResult {

    /// Programs enforce it.
    ///
    /// @param epoch that is in force
    /// @param changed whether anything had to be written
    /// @param enforcedAt [System#nanoTime] when programs began to see all of it
    record Published(int epoch, boolean changed, long enforcedAt) implements PublishResult {}

    /// It does not fit. Nothing was written, and programs enforce what they enforced before.
    ///
    /// @param map that is too small
    /// @param message one line
    record Refused(String map, String message) implements PublishResult {}
}
