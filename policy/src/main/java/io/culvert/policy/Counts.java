// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// What is in a set because others say so, and how many of them.
final class Counts<T> {

    private final Map<T, Integer> counts = new LinkedHashMap<>();
    private boolean changed;

    /// @param by how many more say so; negative for fewer. More before fewer: a member that is gone for a moment only
    ///     counts as a change
    void count(T member, int by) {
        int now = counts.merge(member, by, Integer::sum);
        if (now == 0) {
            counts.remove(member);
        }
        changed |= now == 0 || now == by;
    }

    boolean contains(T member) {
        return counts.containsKey(member);
    }

    Set<T> members() {
        return counts.keySet();
    }

    /// Whether a member came or went since this was asked.
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }
}
