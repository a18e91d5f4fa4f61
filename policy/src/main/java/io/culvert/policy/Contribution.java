// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.PolicyAction;
import java.util.List;

/// Where in a port table a rule matches.
///
/// @param rank among the rules of its stage
/// @param ports that neither touch nor overlap
record Contribution(Stage stage, int rank, PolicyAction action, List<PortInterval> ports) {}
