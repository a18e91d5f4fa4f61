// SPDX-License-Identifier: Apache-2.0
/// What people ask about policies: what a policy says, who may connect to whom and why, and what its author may have
/// got wrong.
@NullMarked
package io.culvert.policy.explain;

import org.jspecify.annotations.NullMarked;
