// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.ObjectName;

/// Something in a policy that its author may not expect.
///
/// @param policy a ClusterNetworkPolicy has no namespace
/// @param message one line, without the name of the policy
public record PolicyWarning(ObjectName policy, String message) {}
