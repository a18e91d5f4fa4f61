// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.culvert.testkit;

import org.jspecify.annotations.NullMarked;
