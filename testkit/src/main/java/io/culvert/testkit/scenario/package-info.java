// SPDX-License-Identifier: Apache-2.0
/// Scenario files: Kubernetes YAML in, what the command line prints out, in one text file that is read from top to
/// bottom. The format is described at [io.culvert.testkit.scenario.Scenario].
@NullMarked
package io.culvert.testkit.scenario;

import org.jspecify.annotations.NullMarked;
