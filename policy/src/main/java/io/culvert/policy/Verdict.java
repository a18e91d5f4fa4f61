// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import org.jspecify.annotations.Nullable;

/// The answer for a new connection in one direction, and why.
///
/// @param rule that decided; null where the absence of rules did
public record Verdict(
        boolean allowed, Reason reason, @Nullable RuleId rule) {

    /// Why.
    public enum Reason {
        /// A rule of the admin tier accepts or denies.
        ADMIN,
        /// A rule of a NetworkPolicy matches.
        NETWORK_POLICY,
        /// The pod talks to itself, which NetworkPolicies never forbid.
        ITSELF,
        /// The pod is isolated, and no rule matches.
        ISOLATED,
        /// A rule of the baseline tier accepts or denies.
        BASELINE,
        /// Nothing forbids it.
        DEFAULT
    }
}
