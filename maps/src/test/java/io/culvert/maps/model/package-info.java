// SPDX-License-Identifier: Apache-2.0
/// A second implementation of what `docs/datapath.md` says of packets, slow and plain, and a fuzz that holds the
/// programs to it.
@NullMarked
package io.culvert.maps.model;

import org.jspecify.annotations.NullMarked;
