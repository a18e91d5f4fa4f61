// SPDX-License-Identifier: Apache-2.0
/// What the control API says of policies.
@NullMarked
package io.culvert.agent.explain;

import org.jspecify.annotations.NullMarked;
