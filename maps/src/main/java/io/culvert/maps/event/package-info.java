// SPDX-License-Identifier: Apache-2.0
/// Events that the programs write: their record, the ring that they come through, memory that keeps them.
@NullMarked
package io.culvert.maps.event;

import org.jspecify.annotations.NullMarked;
