// SPDX-License-Identifier: Apache-2.0
/// The agent's end of the chained CNI plugin (`cni/culvert-cni.c`): a pod starts when its policies are enforced.
@NullMarked
package io.culvert.agent.cni;

import org.jspecify.annotations.NullMarked;
