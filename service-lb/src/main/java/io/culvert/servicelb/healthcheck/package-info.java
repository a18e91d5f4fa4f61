// SPDX-License-Identifier: Apache-2.0

/// What the health check node ports of Services answer: pure functions of the cluster's state.
@NullMarked
package io.culvert.servicelb.healthcheck;

import org.jspecify.annotations.NullMarked;
