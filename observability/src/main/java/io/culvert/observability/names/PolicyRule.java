// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

/// A rule of a policy.
///
/// @param revision counts what was put into force: the last that has this rule
public record PolicyRule(PolicyName policy, RuleMatch match, long revision) {}
