// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.culvert.demo;

import org.jspecify.annotations.NullMarked;
