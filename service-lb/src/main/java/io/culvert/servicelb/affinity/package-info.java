// SPDX-License-Identifier: Apache-2.0
/// Session affinity seen from user space.
@NullMarked
package io.culvert.servicelb.affinity;

import org.jspecify.annotations.NullMarked;
