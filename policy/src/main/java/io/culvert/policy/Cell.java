// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import org.jspecify.annotations.Nullable;

/// What the rules of a policy set say of one kind of peer at one port, before anything is decided.
///
/// @param admin the first rule of the admin tier that matches
/// @param allow index of the first NetworkPolicy rule that matches, or [#NO_RULE]
/// @param baseline the first rule of the baseline tier that matches
public record Cell(
        @Nullable Ranked admin, int allow, @Nullable Ranked baseline) {

    public static final int NO_RULE = -1;

    /// No rule matches.
    public static final Cell NOTHING = new Cell(null, NO_RULE, null);

    /// What the rules say that matched by identity, and those that matched by address, taken together.
    public Cell or(Cell other) {
        int both = allow == NO_RULE || other.allow == NO_RULE
                ? Math.max(allow, other.allow)
                : Math.min(allow, other.allow);
        return new Cell(Ranked.first(admin, other.admin), both, Ranked.first(baseline, other.baseline));
    }
}
