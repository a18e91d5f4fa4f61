// SPDX-License-Identifier: Apache-2.0
/// The life of programs, maps and links below a bpffs directory: creation, adoption, growth, removal.
@NullMarked
package io.culvert.maps.datapath;

import org.jspecify.annotations.NullMarked;
