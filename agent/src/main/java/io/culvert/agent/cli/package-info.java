// SPDX-License-Identifier: Apache-2.0
/// The verbs of the command line, one class each.
@NullMarked
package io.culvert.agent.cli;

import org.jspecify.annotations.NullMarked;
