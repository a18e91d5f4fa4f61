// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// How much programs tell of traffic, by the names of Hubble: see docs/flows.md.
public enum FlowAggregation {
    /// Nothing.
    OFF,
    /// Drops, verdicts, connections that begin and end.
    MAXIMUM,
    /// Also answers to them, and Services that sockets are given.
    MEDIUM,
    /// Every packet once.
    LOW,
    /// Every packet at each program.
    NONE
}
