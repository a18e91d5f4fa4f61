// SPDX-License-Identifier: Apache-2.0
/// What numbers of flows are called: asked of the tables of the moment in which somebody looks.
@NullMarked
package io.culvert.observability.names;

import org.jspecify.annotations.NullMarked;
