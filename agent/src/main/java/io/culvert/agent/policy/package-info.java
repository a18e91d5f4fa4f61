// SPDX-License-Identifier: Apache-2.0
/// Policies of this node: what the cluster says becomes what programs enforce.
@NullMarked
package io.culvert.agent.policy;

import org.jspecify.annotations.NullMarked;
