// SPDX-License-Identifier: Apache-2.0
/// What this node's tables call the numbers in flows, and how flows are kept here.
@NullMarked
package io.culvert.agent.flows;

import org.jspecify.annotations.NullMarked;
