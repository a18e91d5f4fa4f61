// SPDX-License-Identifier: Apache-2.0
/// The Hubble API: flows as its messages, and what serves them.
@NullMarked
package io.culvert.observability.hubble;

import org.jspecify.annotations.NullMarked;
