// SPDX-License-Identifier: Apache-2.0
/// From plans to the maps that programs read, so that each verdict at any moment is one of the old plan or
/// of the new one. `docs/publication.md` tells how.
@NullMarked
package io.culvert.policy.publish;

import org.jspecify.annotations.NullMarked;
