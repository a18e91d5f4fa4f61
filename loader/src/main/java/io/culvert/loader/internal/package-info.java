// SPDX-License-Identifier: Apache-2.0
/// System calls that the packages of this module share. Not for other modules.
@NullMarked
package io.culvert.loader.internal;

import org.jspecify.annotations.NullMarked;
