// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.culvert.agent;

import org.jspecify.annotations.NullMarked;
