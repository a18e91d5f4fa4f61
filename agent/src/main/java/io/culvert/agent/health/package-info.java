// SPDX-License-Identifier: Apache-2.0

/// What probes and load balancers are told about this node, over HTTP.
@NullMarked
package io.culvert.agent.health;

import org.jspecify.annotations.NullMarked;
