// SPDX-License-Identifier: Apache-2.0
/// The agent from its start to its end: what it holds, watches, and keeps in step.
@NullMarked
package io.culvert.agent.lifecycle;

import org.jspecify.annotations.NullMarked;
