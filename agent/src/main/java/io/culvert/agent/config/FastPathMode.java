// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// Whether packets between pods of this node go past the stack: see docs/fast-path.md.
public enum FastPathMode {
    /// Where no rule of netfilter may refuse them.
    AUTO,
    /// Whatever netfilter says.
    ON,
    OFF
}
