// SPDX-License-Identifier: Apache-2.0
/// How records lie in the memory that Java shares with eBPF programs, and the check that both sides agree.
@NullMarked
package io.culvert.maps.layout;

import org.jspecify.annotations.NullMarked;
