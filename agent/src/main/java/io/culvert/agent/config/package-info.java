// SPDX-License-Identifier: Apache-2.0
/// What the agent is told: options, environment and configuration file, in one table of settings.
@NullMarked
package io.culvert.agent.config;

import org.jspecify.annotations.NullMarked;
