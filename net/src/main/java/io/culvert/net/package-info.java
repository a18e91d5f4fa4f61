// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.culvert.net;

import org.jspecify.annotations.NullMarked;
