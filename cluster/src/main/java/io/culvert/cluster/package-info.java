// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.culvert.cluster;

import org.jspecify.annotations.NullMarked;
