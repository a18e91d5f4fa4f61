// SPDX-License-Identifier: Apache-2.0
/// Flows: read from the ring, kept, and given to observers.
@NullMarked
package io.culvert.observability.flow;

import org.jspecify.annotations.NullMarked;
