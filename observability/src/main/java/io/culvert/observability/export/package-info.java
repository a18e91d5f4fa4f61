// SPDX-License-Identifier: Apache-2.0
/// Flows written to files, for those who collect logs.
@NullMarked
package io.culvert.observability.export;

import org.jspecify.annotations.NullMarked;
