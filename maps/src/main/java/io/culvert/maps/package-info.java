// SPDX-License-Identifier: Apache-2.0
/// Every map of the datapath by name: record types whose layouts are checked against the objects, typed access one
/// by one, in batches and through mapped memory, and the published extents.
@NullMarked
package io.culvert.maps;

import org.jspecify.annotations.NullMarked;
