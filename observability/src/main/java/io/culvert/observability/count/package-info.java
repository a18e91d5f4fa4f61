// SPDX-License-Identifier: Apache-2.0
/// How many flows there were, of each sort: numbers only, which get names when somebody asks.
@NullMarked
package io.culvert.observability.count;

import org.jspecify.annotations.NullMarked;
