// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.culvert.loader;

import org.jspecify.annotations.NullMarked;
