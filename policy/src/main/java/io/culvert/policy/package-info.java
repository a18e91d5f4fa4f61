// SPDX-License-Identifier: Apache-2.0
/// From NetworkPolicies and ClusterNetworkPolicies to tables that answer for a new connection in a constant number of
/// lookups. `docs/policy.md` tells how.
@NullMarked
package io.culvert.policy;

import org.jspecify.annotations.NullMarked;
