// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.culvert.bench;

import org.jspecify.annotations.NullMarked;
