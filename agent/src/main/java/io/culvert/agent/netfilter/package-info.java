// SPDX-License-Identifier: Apache-2.0
/// What netfilter's rules of others mean to the fast path.
@NullMarked
package io.culvert.agent.netfilter;

import org.jspecify.annotations.NullMarked;
