// SPDX-License-Identifier: Apache-2.0
/// Messages of the Hubble API as text, in the words that users of `hubble observe` know.
@NullMarked
package io.culvert.observability.print;

import org.jspecify.annotations.NullMarked;
