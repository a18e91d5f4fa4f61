// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.OptionalInt;

/// One line of `culvert map list`.
///
/// @param name as it is pinned
/// @param type of the kernel, for example `HASH`
/// @param used entries in use; empty where the map has none of its own
/// @param maxEntries room
/// @param keySize bytes
/// @param valueSize bytes
/// @param growable whether the agent makes it larger when it is full
/// @param configurationKey what sets its size
public record MapSummary(
        String name,
        String type,
        OptionalInt used,
        int maxEntries,
        int keySize,
        int valueSize,
        boolean growable,
        String configurationKey) {}
