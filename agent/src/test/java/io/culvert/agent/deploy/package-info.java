// SPDX-License-Identifier: Apache-2.0
/// The manifest of `deploy/` against the agent that it runs.
@NullMarked
package io.culvert.agent.deploy;

import org.jspecify.annotations.NullMarked;
