// SPDX-License-Identifier: Apache-2.0
/// The other side of the Hubble API: what `culvert observe` asks for, in the flags that users of `hubble observe` know.
@NullMarked
package io.culvert.observability.observe;

import org.jspecify.annotations.NullMarked;
