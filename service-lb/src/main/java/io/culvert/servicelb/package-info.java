// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.culvert.servicelb;

import org.jspecify.annotations.NullMarked;
