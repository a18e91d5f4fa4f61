// SPDX-License-Identifier: Apache-2.0
/// Which flows an observer wants, and how much of each: the filters and field masks of the Hubble API.
@NullMarked
package io.culvert.observability.filter;

import org.jspecify.annotations.NullMarked;
