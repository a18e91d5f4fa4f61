// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

/// A rule of a policy.
public record PolicyRule(PolicyName policy, RuleMatch match) {}
