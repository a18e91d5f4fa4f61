// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// How a source is doing, for `culvert status`.
///
/// @param detail one line: what it does, or why it does not
public record SourceStatus(Condition condition, String detail) {

    /// From nothing to trouble.
    public enum Condition {
        /// The first complete list has not come yet.
        STARTING,
        /// Everything known is current.
        CURRENT,
        /// The last known state is served; news does not come in.
        STALE
    }
}
