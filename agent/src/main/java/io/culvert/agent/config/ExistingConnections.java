// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// What becomes of a connection that policies allowed when it began, and do not allow any more.
public enum ExistingConnections {
    /// It goes on until it ends.
    KEEP,
    /// Its next packet is dropped.
    REEVALUATE
}
