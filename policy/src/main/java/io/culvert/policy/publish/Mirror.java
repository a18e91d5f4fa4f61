// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A hash of the kernel and what it holds. Only what differs is written.
final class Mirror<K, V> {

    private final PolicyHash<K, V> table;
    private final Map<K, V> entries;

    Mirror(PolicyHash<K, V> table) {
        this.table = table;
        entries = new HashMap<>(table.read());
    }

    Map<K, V> entries() {
        return entries;
    }

    /// @return whether anything had to be written
    boolean put(Map<K, V> wanted) {
        Map<K, V> changed = new HashMap<>();
        wanted.forEach((key, value) -> {
            if (!value.equals(entries.get(key))) {
                changed.put(key, value);
            }
        });
        if (!changed.isEmpty()) {
            table.put(changed);
            entries.putAll(changed);
        }
        return !changed.isEmpty();
    }

    /// @return whether anything had to be removed
    boolean remove(Collection<K> unwanted) {
        List<K> present = unwanted.stream().filter(entries::containsKey).toList();
        if (!present.isEmpty()) {
            table.remove(present);
            present.forEach(entries::remove);
        }
        return !present.isEmpty();
    }

    /// @return whether anything had to be removed
    boolean retain(Collection<K> wanted) {
        return remove(
                entries.keySet().stream().filter(key -> !wanted.contains(key)).toList());
    }

    /// Sees to it that there is room for what is there and for these.
    void ensure(Collection<K> more) {
        table.ensure(entries.size()
                + (int) more.stream().filter(key -> !entries.containsKey(key)).count());
    }
}
