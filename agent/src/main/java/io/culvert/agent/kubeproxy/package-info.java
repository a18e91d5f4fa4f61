// SPDX-License-Identifier: Apache-2.0
/// What kube-proxy leaves on a node: finding it, and removing it without touching anybody else's.
@NullMarked
package io.culvert.agent.kubeproxy;

import org.jspecify.annotations.NullMarked;
