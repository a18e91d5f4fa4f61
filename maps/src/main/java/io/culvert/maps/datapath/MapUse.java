// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

/// How full a map is.
///
/// @param name as it is pinned
/// @param entries in use; of arrays, those that may not be given out
/// @param capacity room for entries now; some maps grow
public record MapUse(String name, int entries, int capacity) {}
