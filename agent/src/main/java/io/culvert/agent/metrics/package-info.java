// SPDX-License-Identifier: Apache-2.0

/// What the agent measures, for Prometheus. The only package that knows Micrometer.
@NullMarked
package io.culvert.agent.metrics;

import org.jspecify.annotations.NullMarked;
