// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// What a pod may do before its policies are in force: see docs/pod-start.md.
public enum PodStart {
    /// What it likes, until its address is known.
    BEST_EFFORT,
    /// Nothing but to find its neighbours.
    STRICT_LINK,
    /// It does not start: the chained CNI plugin waits.
    STRICT_CNI
}
