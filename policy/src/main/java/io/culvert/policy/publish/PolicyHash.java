// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import java.util.Collection;
import java.util.Map;

/// A hash map or trie of the kernel. Programs see each entry change at once, and entries in any order.
public interface PolicyHash<K, V> {

    /// All entries.
    Map<K, V> read();

    /// Adds or replaces entries.
    void put(Map<K, V> entries);

    /// Removes entries; those that are not there are passed over.
    void remove(Collection<K> keys);

    /// Sees to it that there is room.
    ///
    /// @throws io.culvert.maps.MapFullException if there is none; nothing has changed then
    void ensure(int entries);
}
