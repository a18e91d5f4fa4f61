// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.culvert.maps;

import org.jspecify.annotations.NullMarked;
