// SPDX-License-Identifier: Apache-2.0
/// What NetworkPolicy, ClusterNetworkPolicy and the objects that they select say, as immutable records. What of an
/// object is not understood stays visible in it, so that nobody takes "a list whose entries I do not know" for "no
/// list".
@NullMarked
package io.culvert.cluster.policy;

import org.jspecify.annotations.NullMarked;
