// SPDX-License-Identifier: Apache-2.0
/// What the cluster wants of load balancing on one node: pure functions from the cluster's model, without kernel
/// contact.
@NullMarked
package io.culvert.servicelb.desired;

import org.jspecify.annotations.NullMarked;
